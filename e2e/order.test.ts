import assert from "node:assert/strict";
import { eventually } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { send } from "@exosphere/testkit/messages";
import { rawPost, rawStatuses } from "@exosphere/testkit/raw-http";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

describe("Messages for a role with two instances", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let apps: AppUnderTest[];

  before(async () => {
    await mesh.startBroker({ routes: { web: { sends: ["step"] }, users: { receives: ["step"] } } });
    const started = await Promise.all([
      mesh.startSidecar("web"),
      mesh.startService("users"),
      mesh.startService("users"),
    ]);
    web = started[0];
    apps = [started[1].app, started[2].app];
  });
  beforeEach(() => {
    for (const app of apps) app.reset();
  });
  after(() => mesh.stop());

  const arrived = () => apps.flatMap((app) => app.deliveries);

  it("arrive in the order sent, all of an activity at one of them", async () => {
    const posts = Array.from({ length: 1000 }, (_, step) =>
      rawPost("/v1/send/step", String(step), { "exo-activity-id": "a thousand steps" }),
    );
    // One connection on which nobody waits for an answer: the order is certain, and many are on their way at once.
    assert.deepEqual(new Set(await rawStatuses(web.port, posts)), new Set([202]));
    await eventually("1,000 messages have arrived", () => arrived().length === 1000);
    const busy = apps.filter(({ deliveries }) => deliveries.length > 0);
    assert.equal(busy.length, 1);
    assert.deepEqual(
      arrived().map(({ message }) => message.payload),
      posts.map((_, step) => step),
    );
  });

  it("never share an activity between the two, and both have work", async () => {
    const activities = Array.from({ length: 40 }, (_, index) => `activity ${index}`);
    const rounds = Array.from({ length: 5 }, (_, round) => round);
    await Promise.all(
      activities.map(async (activity) => {
        for (const round of rounds) await send(web.edge, "step", String(round), { "exo-activity-id": activity });
      }),
    );
    await eventually("all have arrived", () => arrived().length === activities.length * rounds.length);
    for (const activity of activities) {
      const inActivity = apps.map(({ deliveries }) =>
        deliveries.filter(({ message }) => message.activityId === activity),
      );
      assert.deepEqual(inActivity.map(({ length }) => length).toSorted(), [0, rounds.length], activity);
      assert.deepEqual(
        inActivity.flat().map(({ message }) => message.payload),
        rounds,
      );
    }
    assert.ok(apps.every(({ deliveries }) => deliveries.length > 0));
  });

  it("come one at a time within an activity, however slow the app is", async () => {
    let atOnce = 0;
    let most = 0;
    for (const app of apps) {
      app.on("step", async () => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise((resolve) => setImmediate(resolve));
        atOnce -= 1;
        return undefined;
      });
    }
    await Promise.all(Array.from({ length: 50 }, () => send(web.edge, "step", "1", { "exo-activity-id": "slow" })));
    await eventually("all have arrived", () => arrived().length === 50);
    assert.equal(most, 1);
  });
});
