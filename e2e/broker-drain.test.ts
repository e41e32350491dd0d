import assert from "node:assert/strict";
import { freePorts } from "@exosphere/process";
import { eventually } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = {
  web: { sends: ["get", "tell"], receives: ["got"] },
  users: { sends: ["got", "look"], receives: ["get", "tell", "looked"] },
  store: { sends: ["looked"], receives: ["look"] },
};

/** Requests and sends without a pause from some callers at once, until it is stopped. */
class SteadyLoad {
  readonly accepted: number[] = [];
  readonly failed: string[] = [];
  answered = 0;
  #next = 0;
  #isOver = false;
  readonly #callers: Promise<void>[];

  constructor(edge: string) {
    this.#callers = Array.from({ length: 4 }, async (_, caller) => {
      while (!this.#isOver) await (caller % 2 === 0 ? this.#tell(edge) : this.#get(edge));
    });
  }

  /** Waits until so many more calls have come to an end. */
  async more(calls: number): Promise<void> {
    const from = this.#ended;
    await eventually(`${calls} more calls`, () => this.#ended >= from + calls);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#callers);
  }

  get #ended(): number {
    return this.accepted.length + this.answered + this.failed.length;
  }

  async #tell(edge: string): Promise<void> {
    const nth = this.#next++;
    const { status, text } = await send(edge, "tell", String(nth));
    if (status === 202) this.accepted.push(nth);
    else this.failed.push(`tell ${status} ${text}`);
  }

  async #get(edge: string): Promise<void> {
    const nth = this.#next++;
    const { status, text, json } = await ask(edge, "get", String(nth));
    if (status === 200 && json.payload === nth) this.answered += 1;
    else this.failed.push(`get ${status} ${text}`);
  }
}

/** Looks at /readyz all the time. Its result stops it, and says which answers there were. */
function watchReadiness({ admin }: SidecarProcess): () => Promise<number[]> {
  const seen = new Set<number>();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const response = await fetch(`${admin}/readyz`);
      await response.text();
      seen.add(response.status);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return async () => {
    isOver = true;
    await watching;
    return [...seen];
  };
}

describe("Sidecars whose broker is told to end", function () {
  this.timeout(40_000);
  const mesh = new Mesh();
  let users: AppUnderTest;
  let sidecars: SidecarProcess[];
  let ports: [number, number];
  let load: SteadyLoad | undefined;

  const startBroker = (port: number) => mesh.startBroker({ routes, port });
  const startSidecars = async (broker: readonly number[]) => {
    const [web, ofUsers, ofStore] = await Promise.all([
      mesh.startSidecar("web", { broker }),
      mesh.startService("users", { broker }),
      mesh.startService("store", { broker }),
    ]);
    users = ofUsers.app;
    sidecars = [web, ofUsers.sidecar, ofStore.sidecar];
    ofStore.app.on("look", ({ message }) => ({ reply: { name: "looked", payload: message.payload } }));
    // Each request makes another one, in the same activity.
    users.on("get", async ({ message }) => {
      const { activityId } = message;
      const { json } = await ask(ofUsers.sidecar.edge, "look", JSON.stringify(message.payload), {
        "exo-activity-id": activityId,
      });
      return { reply: { name: "got", payload: json.payload ?? json } };
    });
    return web;
  };

  beforeEach(async () => {
    ports = (await freePorts(2)) as [number, number];
  });
  afterEach(async () => {
    await load?.stop();
    load = undefined;
    await mesh.stop();
  });

  /** Everything that was accepted came, and nothing came twice. */
  const assertDelivered = async ({ accepted, failed }: SteadyLoad) => {
    assert.deepEqual(failed, []);
    const told = () => users.received("tell").map(({ message }) => message.payload as number);
    await eventually("all have come", () => told().length >= accepted.length);
    assert.deepEqual(
      told().sort((a, b) => a - b),
      accepted.sort((a, b) => a - b),
    );
    const asked = users.received("get").map(({ message }) => message.payload);
    assert.equal(new Set(asked).size, asked.length);
  };

  it("attach to the next before they leave, and back again: nothing fails, and nothing comes twice", async () => {
    const [a, b] = [await startBroker(ports[0]), await startBroker(ports[1])];
    const web = await startSidecars(ports);
    const stopWatching = sidecars.map(watchReadiness);
    load = new SteadyLoad(web.edge);
    await load.more(40);
    assert.equal((await a.stop()).code, 0);
    await load.more(40);
    const again = await startBroker(ports[0]);
    assert.equal((await b.stop()).code, 0);
    await load.more(40);
    await load.stop();
    await assertDelivered(load);
    assert.deepEqual(await Promise.all(stopWatching.map((stop) => stop())), [[200], [200], [200]]);
    assert.deepEqual(again.logged("refused an attachment"), []);
    for (const sidecar of sidecars) {
      await eventually("it has left twice", () => sidecar.logged("that was left").length === 2);
      const said = sidecar.stdout.flatMap((line) => line.match(/attached to the broker|that was left|cannot be/) ?? []);
      const [attached, left] = ["attached to the broker", "that was left"];
      assert.deepEqual(said, [attached, attached, left, attached, left]);
    }
  });

  it("finish there what they have, and wait for it to come back, where there is no other", async () => {
    const broker = await startBroker(ports[0]);
    const web = await startSidecars([ports[0]]);
    load = new SteadyLoad(web.edge);
    await load.more(40);
    assert.equal((await broker.stop()).code, 0);
    await startBroker(ports[0]);
    await load.more(40);
    await load.stop();
    await assertDelivered(load);
  });
});
