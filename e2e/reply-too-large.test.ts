import assert from "node:assert/strict";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask } from "@exosphere/testkit/messages";

describe("A reply that is larger than a payload may be", () => {
  const mesh = new Mesh();
  after(() => mesh.stop());

  it("fails its delivery, and its requester hears of it at once", async () => {
    await mesh.startBroker({ routes: { web: { sends: ["get"], receives: ["got"] }, users: { sends: ["got"], receives: ["get"] } } }); // biome-ignore format: one line
    const [web, users] = await Promise.all([
      mesh.startSidecar("web"),
      mesh.startService("users", { args: ["--max-payload", "1KiB"] }),
    ]);
    users.app.on("get", () => ({ reply: { name: "got", payload: "x".repeat(2000) } }));
    const answer = await ask(web.edge, "get", "{}");
    assert.deepEqual([answer.status, answer.json.reason], [502, "HANDLER_FAILED"], answer.text);
    assert.match(String(answer.json.detail), /1024 bytes/);
  });
});
