import assert from "node:assert/strict";
import { CoreBus, type CoreParticipant } from "./testing/core-bus.ts";

const routes = {
  web: { sends: ["note", "rare"] },
  sink: { receives: ["note", { name: "rare", concurrency: 1 }] },
};

/** A bus where activities belong to the first of two instances of `sink`, which takes no more, and neither does the second. */
async function busWithLanes() {
  const bus = new CoreBus(routes);
  const web = bus.attachNow("web");
  const activities = ["one", "two", "three"];
  const first = bus.attachNow("sink");
  const second = bus.attachNow("sink", { window: 0 });
  for (const activity of activities) web.publishNow("note", { activity });
  for (const each of await first.received()) await first.done(each);
  const busy = async (sink: CoreParticipant, activity: string) => {
    await sink.setWindow(1);
    web.publishNow("note", { activity });
    await sink.next();
  };
  await busy(first, "busy");
  for (const activity of activities) web.publishNow("note", { activity });
  const { dispatcher } = bus.exocom.roles.get("sink") ?? assert.fail();
  return { bus, web, first, second, dispatcher };
}

describe("An instance that takes work, and does not, and does again", () => {
  it("has nothing moved of what waits for it", async () => {
    const { first, dispatcher } = await busWithLanes();
    const places = () => [...dispatcher.lanesWaitingFor(first.instance)].map(({ place }) => place);
    const before = places();
    assert.equal(before.length, 3);
    await first.setWindow(0);
    await first.setWindow(1);
    await first.setFailing(true);
    await first.setFailing(false);
    assert.ok(before.every((place, at) => place === places()[at]));
  });

  it("loses to others what they can take meanwhile, and no more", async () => {
    const { first, second, dispatcher } = await busWithLanes();
    await first.setWindow(0);
    await second.setWindow(2);
    assert.equal((await second.received()).length, 2);
    await first.setWindow(2);
    assert.equal((await first.received()).length, 1);
    assert.deepEqual([...dispatcher.lanesWaitingFor(first.instance)], []);
  });

  it("gets the first of what waits when it takes work again, and not what came later", async () => {
    const { web, first, second } = await busWithLanes();
    await first.setWindow(0);
    web.publishNow("note", { activity: "later" });
    await second.setWindow(1);
    assert.equal((await second.next()).activity, "one");
  });

  it("keeps what only its own message limits, though it fails and the last other one goes", async () => {
    const bus = new CoreBus(routes);
    const web = bus.attachNow("web");
    const failing = bus.attachNow("sink");
    const other = bus.attachNow("sink", { window: 0 });
    bus.attachNow("sink", { window: 0 });
    for (const activity of ["one", "two"]) web.publishNow("note", { activity });
    for (const each of await failing.received()) await failing.done(each);
    for (const activity of ["one", "two"]) web.publishNow("rare", { activity });
    const [working] = await failing.received();
    // It takes one, and has it.
    await other.setWindow(1);
    web.publishNow("note", { activity: "busy" });
    const [busy] = [...(await other.received()), ...(await failing.received())];
    assert.ok(busy);
    await failing.setFailing(true);
    await other.break();
    await failing.done(working ?? assert.fail());
    assert.deepEqual((await failing.received()).map(({ activity }) => activity).at(-1), "two");
  });
});

describe("Instances whose apps all keep failing", () => {
  it("are looked at once for a message, however many they are", async () => {
    const bus = new CoreBus(routes);
    const web = bus.attachNow("web");
    const all = Array.from({ length: 100 }, () => bus.attachNow("sink", { window: 1 }));
    for (const each of all) await each.setFailing(true);
    for (let each = 0; each <= all.length; each += 1) web.publishNow("note");
    const { instances } = bus.exocom.roles.get("sink") ?? assert.fail();
    let looks = 0;
    const all100 = [...instances];
    Object.assign(instances, {
      *[Symbol.iterator]() {
        for (const each of all100) {
          looks += 1;
          yield each;
        }
      },
    });
    web.publishNow("note");
    assert.ok(looks >= all.length && looks <= 4 * all.length, `${looks}`);
  });
});
