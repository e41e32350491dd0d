import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { freePorts } from "@exosphere/process";
import { BrokerProcess } from "@exosphere/testkit";
import { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, type EdgeAnswer, send } from "@exosphere/testkit/messages";
import { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = {
  web: { sends: ["get", "tell"], receives: ["got"] },
  users: { sends: ["got"], receives: ["get", "tell"] },
};

type Part = "broker" | "sidecar" | "app";

const orders: readonly (readonly Part[])[] = [
  ["broker", "sidecar", "app"],
  ["broker", "app", "sidecar"],
  ["sidecar", "broker", "app"],
  ["sidecar", "app", "broker"],
  ["app", "broker", "sidecar"],
  ["app", "sidecar", "broker"],
];

/** How late an app may be in the slowest case, in milliseconds. */
const lateMs = 10_000;

/** How long what is sent first may wait for the rest, in milliseconds. */
const deadline = { "exo-deadline": "25s" };

/** What came of a request and a message that were sent before anything but the sender's sidecar was there. */
interface Outcome {
  readonly asked: EdgeAnswer;
  readonly told: EdgeAnswer;
  readonly app: AppUnderTest;
}

describe("A request that is sent before the rest is there", function () {
  this.timeout(40_000);
  const mesh = new Mesh();
  const outcomes = new Map<string, Promise<Outcome>>();

  // The slowest takes ten seconds by itself: the others start, all at once, while it waits.
  before(async () => {
    const waits = Promise.withResolvers<void>();
    const late = outcomeOf(["broker", "sidecar", "app"], () => {
      waits.resolve();
      return pause(lateMs);
    });
    outcomes.set("late", late);
    await Promise.race([waits.promise, late]);
    for (const order of orders) outcomes.set(order.join(), outcomeOf(order));
    for (const outcome of outcomes.values()) outcome.catch(() => {}); // reported by the test that awaits it
  });
  after(async () => {
    await Promise.allSettled(outcomes.values());
    await mesh.stop();
  });

  /** Starts one part after the other, each once the one before is up or says that it waits. */
  async function outcomeOf(order: readonly Part[], beforeApp = async () => {}): Promise<Outcome> {
    const [brokerPort, appPort] = (await freePorts(2)) as [number, number];
    const web = mesh.keep(await SidecarProcess.launch({ role: "web", broker: brokerPort }));
    const calls = Promise.all([ask(web.edge, "get", "7", deadline), send(web.edge, "tell", "8", deadline)]);
    let app: AppUnderTest | undefined;
    let hasBroker = false;
    for (const part of order) {
      if (part === "broker") {
        mesh.keep(await BrokerProcess.start({ routes, port: brokerPort }));
        hasBroker = true;
      } else if (part === "app") {
        await beforeApp();
        app = await startApp(appPort);
      } else {
        const users = mesh.keep(await SidecarProcess.launch({ role: "users", broker: brokerPort, app: appPort }));
        await users.answers(`${users.admin}/readyz`, hasBroker ? 200 : 503);
        await users.reachesItsApp(app !== undefined);
      }
    }
    const [asked, told] = await calls;
    return { asked, told, app: app as AppUnderTest };
  }

  async function startApp(port: number): Promise<AppUnderTest> {
    const app = await AppUnderTest.start(port);
    mesh.keep({ stop: () => app.close() });
    app.on("get", ({ message }) => ({ reply: { name: "got", payload: message.payload } }));
    return app;
  }

  async function assertAnswered(key: string): Promise<void> {
    const { asked, told, app } = (await outcomes.get(key)) as Outcome;
    assert.deepEqual([asked.status, asked.json.payload, told.status], [200, 7, 202], `${asked.text} ${told.text}`);
    await app.delivery("tell");
    const seen = app.deliveries.map(({ message: { payload, attempt } }) => [payload, attempt]);
    assert.deepEqual(seen.sort(), [
      [7, 1],
      [8, 1],
    ]);
  }

  for (const order of orders) {
    it(`is answered once ${order.join(", ")} have started, in that order`, () => assertAnswered(order.join()));
  }

  it("is answered although the app is ten seconds late", () => assertAnswered("late"));
});
