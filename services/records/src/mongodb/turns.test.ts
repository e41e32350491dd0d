import assert from "node:assert/strict";
import { Turns } from "./turns.ts";

describe("Turns", () => {
  it("lets those who want the same go one after the other, whatever happens to one of them", async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = turns.take("a", async () => {
      await gate.promise;
      seen.push("first");
      throw new Error("no");
    });
    const second = turns.take("a", async () => void seen.push("second"));
    const other = turns.take("b", async () => void seen.push("other"));
    await other;
    gate.resolve();
    await assert.rejects(first, /no/);
    await second;
    assert.deepEqual(seen, ["other", "first", "second"]);
    assert.equal(await turns.take("a", async () => 7), 7);
  });
});
