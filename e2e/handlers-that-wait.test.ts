import assert from "node:assert/strict";
import type { Delivered } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";

type Service = Awaited<ReturnType<Mesh["startService"]>>;

/** A request from within a handler: in the activity of what it handles. */
async function askWithin({ message }: Delivered, { sidecar }: Service, name: string, body: string): Promise<unknown> {
  const { status, json, text } = await ask(sidecar.edge, name, body, { "exo-activity-id": message.activityId });
  assert.equal(status, 200, text);
  return json.payload;
}

describe("Handlers with concurrency 1 that wait for each other", () => {
  const mesh = new Mesh();
  let client: Service;
  let ping: Service;
  let pong: Service;

  before(async () => {
    await mesh.startBroker({
      routes: {
        client: { sends: ["ping"], receives: ["pinged"] },
        ping: { sends: ["pinged", "pong"], receives: ["ping", "ponged"] },
        pong: { sends: ["ponged", "ping"], receives: ["pong", "pinged"] },
        echo: { sends: ["again", "done"], receives: ["again", "done"] },
      },
    });
    const alone = { args: ["--concurrency", "1"] };
    [client, ping, pong] = await Promise.all([
      mesh.startService("client"),
      mesh.startService("ping", alone),
      mesh.startService("pong", alone),
    ]);
  });
  beforeEach(() => {
    ping.app.reset();
    pong.app.reset();
  });
  after(() => mesh.stop());

  /** Each of the two asks the other for one less, until there is nothing left to ask for. */
  function countDown(): void {
    ping.app.on("ping", async (delivered) => {
      const left = Number(delivered.message.payload);
      const below = left === 0 ? 0 : Number(await askWithin(delivered, ping, "pong", String(left - 1)));
      return { reply: { name: "pinged", payload: below + 1 } };
    });
    pong.app.on("pong", async (delivered) => {
      const left = Number(delivered.message.payload);
      const below = left === 0 ? 0 : Number(await askWithin(delivered, pong, "ping", String(left - 1)));
      return { reply: { name: "ponged", payload: below + 1 } };
    });
  }

  it("answer", async () => {
    countDown();
    const { status, json } = await ask(client.sidecar.edge, "ping", "3");
    assert.deepEqual([status, json.payload], [200, 4]);
  });

  it("answer, up to sixteen deep", async () => {
    countDown();
    const { status, json } = await ask(client.sidecar.edge, "ping", "16", { "exo-deadline": "5s" });
    assert.deepEqual([status, json.payload], [200, 17]);
  });

  it("are told at once when they call each other deeper than that", async () => {
    const refusals: unknown[] = [];
    const further = (service: Service, name: string, answer: string) => async (delivered: Delivered) => {
      const { status, json } = await ask(service.sidecar.edge, name, "0", {
        "exo-activity-id": delivered.message.activityId,
      });
      if (status !== 200) refusals.push([json.reason, /nested more than 16 deep/.test(String(json.detail))]);
      return { reply: { name: answer } };
    };
    ping.app.on("ping", further(ping, "pong", "pinged"));
    pong.app.on("pong", further(pong, "ping", "ponged"));
    assert.equal((await ask(client.sidecar.edge, "ping", "0", { "exo-deadline": "5s" })).status, 200);
    assert.deepEqual(refusals, [["INVALID_MESSAGE", true]]);
  });

  it("answer many such calls side by side", async () => {
    countDown();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(client.sidecar.edge, "ping", "4")));
    assert.deepEqual(
      answers.map(({ json }) => json.payload),
      Array(20).fill(5),
    );
  });

  it("answer although one of them asks several times, one after the other", async () => {
    ping.app.on("ping", async (delivered) => {
      if (delivered.message.payload === "inner") return { reply: { name: "pinged", payload: 1 } };
      const first = await askWithin(delivered, ping, "pong", "1");
      const second = await askWithin(delivered, ping, "pong", "2");
      return { reply: { name: "pinged", payload: [first, second] } };
    });
    pong.app.on("pong", async (delivered) => {
      const below = await askWithin(delivered, pong, "ping", '"inner"');
      return { reply: { name: "ponged", payload: [delivered.message.payload, below] } };
    });
    const { status, json } = await ask(client.sidecar.edge, "ping", '"outer"', { "exo-deadline": "5s" });
    assert.deepEqual(
      [status, json.payload],
      [
        200,
        [
          [1, 1],
          [2, 1],
        ],
      ],
    );
  });

  it("answer by nothing but the activity, each of them its own asker", async () => {
    const replyLater = async ({ message }: Delivered, { sidecar }: Service, name: string, body: string) => {
      const { status } = await send(sidecar.edge, name, body, { "exo-activity-id": message.activityId });
      assert.equal(status, 202);
      return undefined;
    };
    ping.app.on("ping", async (delivered) => {
      if (delivered.message.payload === "inner") return replyLater(delivered, ping, "pinged", '"inner"');
      const below = await askWithin(delivered, ping, "pong", "1");
      return replyLater(delivered, ping, "pinged", JSON.stringify(["outer", below]));
    });
    pong.app.on("pong", async (delivered) => {
      const below = await askWithin(delivered, pong, "ping", '"inner"');
      return replyLater(delivered, pong, "ponged", JSON.stringify(["middle", below]));
    });
    const { status, json } = await ask(client.sidecar.edge, "ping", '"outer"', { "exo-deadline": "5s" });
    assert.deepEqual([status, json.payload], [200, ["outer", ["middle", "inner"]]]);
  });

  it("answer a role that asks itself", async () => {
    const echo = await mesh.startService("echo", { args: ["--concurrency", "1"] });
    echo.app.on("again", async (delivered) => {
      const left = Number(delivered.message.payload);
      const below = left === 0 ? 0 : Number(await askWithin(delivered, echo, "again", String(left - 1)));
      return { reply: { name: "done", payload: below + 1 } };
    });
    const { status, json } = await ask(echo.sidecar.edge, "again", "5");
    assert.deepEqual([status, json.payload], [200, 6]);
  });
});
