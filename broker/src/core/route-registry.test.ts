import assert from "node:assert/strict";
import { CoreBus } from "./testing/core-bus.ts";
import { type RouteSketch, routesOf } from "./testing/routes.ts";

/** What a role would be told. */
function sliceOf(bus: CoreBus, role: string) {
  return bus.exocom.roles.get(role)?.slice(bus.exocom.revision) ?? assert.fail();
}

describe("RouteRegistry", () => {
  const routes: RouteSketch = {
    web: { sends: ["a", "b"], receives: ["c"] },
    sink: { receives: ["own a"], translations: [{ public: "a", internal: "own a" }] },
  };

  it("numbers the names of each role from 1", () => {
    const bus = new CoreBus(routes);
    assert.deepEqual(sliceOf(bus, "web"), {
      revision: 1,
      sends: [
        { number: 1, name: "a", hasReceivers: true },
        { number: 2, name: "b", hasReceivers: false },
      ],
      receives: [{ number: 3, name: "c" }],
    });
  });

  it("gives one number to a name that is sent and received", () => {
    const bus = new CoreBus({ chat: { sends: ["said"], receives: ["said"] } });
    const { sends, receives } = sliceOf(bus, "chat");
    assert.equal(sends[0]?.number, receives[0]?.number);
  });

  it("never gives a number to another name", () => {
    const bus = new CoreBus(routes);
    bus.exocom.replaceRoutes(routesOf({ ...routes, web: { sends: ["new", "b"] } }));
    assert.deepEqual(
      sliceOf(bus, "web").sends.map(({ number, name }) => [number, name]),
      [
        [4, "new"],
        [2, "b"],
      ],
    );
    bus.exocom.replaceRoutes(routesOf(routes));
    assert.deepEqual(
      sliceOf(bus, "web").sends.map(({ number, name }) => [number, name]),
      [
        [1, "a"],
        [2, "b"],
      ],
    );
  });

  it("grows its revision with every change", () => {
    const bus = new CoreBus(routes);
    bus.exocom.replaceRoutes(routesOf(routes));
    assert.equal(bus.exocom.revision, 2);
  });

  it("keeps the counts of what was sent while the role may send it", () => {
    const bus = new CoreBus(routes);
    const web = bus.attachNow("web");
    bus.attachNow("sink");
    assert.equal(web.publishNow("a"), "ok");
    bus.exocom.replaceRoutes(routesOf(routes));
    assert.equal(web.publishNow("a"), "ok");
    assert.equal(web.publishNow("b"), "NO_RECEIVERS");
    const counts = [...(bus.exocom.roles.get("web")?.permissions.values() ?? [])].map(({ published }) => [
      ...published,
    ]);
    assert.deepEqual(counts, [[["ok", 2]], [["no_receivers", 1]]]);
  });

  it("counts messages of unknown names without their names", () => {
    const bus = new CoreBus(routes);
    bus.attachNow("sink").publishNow("made up");
    assert.deepEqual([...bus.exocom.unknownPublished], [["not_allowed", 1]]);
  });
});
