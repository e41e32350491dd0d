import assert from "node:assert/strict";
import type { Client, Handlers, Message } from "@exosphere/sdk";
import { eventually, metricOf } from "@exosphere/testkit";
import { SdkMesh } from "./sdk-mesh.ts";

const routes = {
  web: { sends: ["numbers.list", "all.list"], receives: ["number", "numbers.listed"] },
  one: { sends: ["number", "numbers.listed"], receives: ["numbers.list", "all.list"] },
  two: { sends: ["number", "numbers.listed"], receives: ["all.list"] },
};

describe("Many replies to one request, with the SDK behind sidecars", function () {
  this.timeout(30_000);
  let mesh: SdkMesh;
  let web: Client;
  /** What `one` has said, and how it ended. */
  let said: number;
  let ending: string | undefined;

  async function play(role: string, list: Handlers[string]): Promise<void> {
    await mesh.startSocketSidecar(role);
    await mesh.play(role, { "numbers.list": list, "all.list": list }).ready();
  }

  /** Says numbers until it is told to stop. */
  async function* counting({ payload }: Message, { signal }: { readonly signal: AbortSignal }) {
    const { upTo = Number.POSITIVE_INFINITY } = (payload ?? {}) as { upTo?: number };
    try {
      for (let number = 1; number <= upTo; number += 1) {
        yield { name: "number", payload: number };
        said = number;
      }
      ending = "through";
    } finally {
      ending ??= signal.aborted ? (signal.reason as DOMException).name : "stopped";
    }
  }

  beforeEach(async () => {
    mesh = new SdkMesh();
    [said, ending] = [0, undefined];
    await mesh.startBroker({ routes });
    await mesh.startSocketSidecar("web");
    web = mesh.connect("web");
  });
  afterEach(() => mesh.stop());

  it("come as they are given, in order, until the handler has no more", async () => {
    await play("one", counting);
    const numbers = await payloadsOf(web.requestMany("numbers.list", { upTo: 1000 }));
    assert.deepEqual(
      numbers,
      Array.from({ length: 1000 }, (_, index) => index + 1),
    );
    assert.equal(ending, "through");
    assert.equal(await metricOf(mesh.broker.admin, 'exocom_delivered_total{role="one",name="numbers.list",outcome="ok"}'), 1); // biome-ignore format: one line
    await eventually("nothing is under way", () => web.pending.requests === 0);
  });

  it("come no faster than they are taken", async () => {
    await play("one", counting);
    const replies = web.requestMany("numbers.list", { upTo: 5000 });
    await replies.next();
    await eventually("as many as may be are under way", () => said >= 64);
    await web.request("numbers.list", { upTo: 1 });
    assert.ok(said < 200, `${said} were said to a requester that took one`);
    assert.equal((await payloadsOf(replies)).length, 4999);
  });

  it("end for the handler when the requester leaves the loop", async () => {
    await play("one", counting);
    for await (const { payload } of web.requestMany("numbers.list")) if (payload === 100) break;
    await eventually("the handler has ended", () => ending !== undefined);
    assert.ok(said < 400);
    await eventually("its delivery is settled", async () => (await inFlight()) === 0);
  });

  it("end when enough have come, by number, by content, or by time", async () => {
    await play("one", counting);
    assert.deepEqual(await payloadsOf(web.requestMany("numbers.list", null, { max: 3 })), [1, 2, 3]);
    const until = ({ payload }: Message) => payload === 5;
    assert.deepEqual(await payloadsOf(web.requestMany("numbers.list", null, { until })), [1, 2, 3, 4, 5]);
    await play("two", (_message, { signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined)))); // biome-ignore format: one line
    assert.deepEqual(await payloadsOf(web.requestMany("all.list", { upTo: 2 }, { withinMs: 300 })), [1, 2]);
  });

  it("end with an error at the deadline, and with the signal's reason", async () => {
    await play("one", async function* (_message, { signal }) {
      yield { name: "number", payload: 1 };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
    await assert.rejects(payloadsOf(web.requestMany("numbers.list", null, { deadlineMs: 300 })), { reason: "DEADLINE_EXCEEDED" }); // biome-ignore format: one line
    const abort = new AbortController();
    const replies = web.requestMany("numbers.list", null, { signal: abort.signal });
    assert.equal((await replies.next()).value?.payload, 1);
    const next = replies.next();
    abort.abort(new Error("enough"));
    await assert.rejects(next, /enough/);
  });

  it("end with an error when the handler throws, after what it had said", async () => {
    await play("one", async function* () {
      yield { name: "number", payload: 1 };
      throw new Error("password 1234");
    });
    const replies = web.requestMany("numbers.list");
    assert.equal((await replies.next()).value?.payload, 1);
    await assert.rejects(replies.next(), (error: Error) => /HANDLER_FAILED/.test(error.message) && !/1234/.test(error.message)); // biome-ignore format: one line
  });

  it("end with an error when the process that gives them is gone", async () => {
    await mesh.startSocketSidecar("one");
    const one = mesh.play("one", { "numbers.list": counting });
    await one.ready();
    const replies = web.requestMany("numbers.list", null, { deadlineMs: 20_000 });
    await replies.next();
    one.close();
    await assert.rejects(payloadsOf(replies), { reason: "HANDLER_FAILED" });
  });

  it("come from all roles that were asked", async () => {
    await play("one", () => ({ name: "number", payload: 1 }));
    await play("two", () => [
      { name: "number", payload: 2 },
      { name: "numbers.listed" },
    ]); // biome-ignore format: one line
    const names = [];
    for await (const { name, payload } of web.requestMany("all.list")) names.push(`${name} ${payload}`);
    assert.deepEqual(names.sort(), ["number 1", "number 2", "numbers.listed null"]);
  });

  it("may be given by reply() as well", async () => {
    await play("one", async (_message, { reply }) => {
      for (const number of [1, 2]) await reply("number", number);
      return { name: "numbers.listed", payload: "all" };
    });
    assert.deepEqual(await payloadsOf(web.requestMany("numbers.list")), [1, 2, "all"]);
  });

  it("are one, for who asks for one", async () => {
    await play("one", counting);
    assert.equal((await web.request("numbers.list", { upTo: 1 })).payload, 1);
  });

  function inFlight(): Promise<number | undefined> {
    return metricOf(mesh.broker.admin, 'exocom_in_flight{role="one"}');
  }
});

async function payloadsOf(replies: AsyncIterable<Message>): Promise<unknown[]> {
  const payloads = [];
  for await (const { payload } of replies) payloads.push(payload);
  return payloads;
}
