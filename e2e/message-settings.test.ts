import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const files = {
  "application.yml": "name: shop\nservices:\n  web: { location: ./web }\n  users: { location: ./users }\n",
  "web/service.yml": "messages: { sends: [one by one, side by side, fleeting, lasting] }\n",
  "users/service.yml": `messages:
  receives:
    - { name: one by one, concurrency: 1 }
    - { name: side by side, order: none }
    - { name: fleeting, deadline: 300ms }
    - lasting
`,
};

describe("What a service.yml says of a message", () => {
  const root = mkdtempSync(join(tmpdir(), "exosphere-settings-"));
  const mesh = new Mesh();
  let web: SidecarProcess;
  let users: AppUnderTest;
  let waiting: (() => void)[] = [];

  before(async () => {
    for (const role of ["web", "users"]) mkdirSync(join(root, role));
    for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
    await mesh.startBroker({ args: ["--app", join(root, "application.yml")] });
    const [sidecar, service] = await Promise.all([mesh.startSidecar("web"), mesh.startService("users")]);
    web = sidecar;
    users = service.app;
  });
  beforeEach(() => {
    users.reset();
    waiting = [];
    // Answers nothing until it is told to.
    const handler = () => new Promise<undefined>((resolve) => waiting.push(() => resolve(undefined)));
    for (const name of ["one by one", "side by side", "fleeting"]) users.on(name, handler);
  });
  afterEach(() => {
    for (const answer of waiting) answer();
  });
  after(async () => {
    await mesh.stop();
    rmSync(root, { recursive: true });
  });

  it("bounds how many of it the app has at once: concurrency", async () => {
    for (const payload of ["1", "2", "3"]) await send(web.edge, "one by one", payload);
    // What was sent later is there, so the others would be as well.
    await send(web.edge, "lasting");
    await users.delivery("lasting");
    assert.equal(users.received("one by one").length, 1);
    for (const nth of [2, 3]) {
      waiting.shift()?.();
      await users.delivery("one by one", nth);
    }
    assert.deepEqual(
      users.received("one by one").map(({ message }) => message.payload),
      [1, 2, 3],
    );
  });

  it("gives up the order within an activity: order", async () => {
    for (const payload of ["1", "2", "3"])
      await send(web.edge, "side by side", payload, { "exo-activity-id": "the same" });
    await users.delivery("side by side", 3);
  });

  it("ends how long it is of use: deadline", async () => {
    const { status, json } = await ask(web.edge, "fleeting", "1", { "exo-deadline": "60s" });
    assert.deepEqual([status, json.reason], [504, "DEADLINE_EXCEEDED"]);
  });
});
