import assert from "node:assert/strict";
import { newRefusal } from "@exosphere/proto";
import { RefusalMemory, type RefusalOwner } from "./refusal-memory.ts";

const refused = (sequence: number, detail = "") => newRefusal({ sequence, reason: "QUEUE_FULL", detail });
const instance = (role = "web") => ({ role, forgottenThrough: 0 });
const sequences = (memory: RefusalMemory, owner: RefusalOwner) => memory.of(owner).map(({ sequence }) => sequence);

describe("the memory of refusals", () => {
  it("keeps the last thousand of an instance", () => {
    const memory = new RefusalMemory(10_000_000);
    const web = instance();
    for (let sequence = 1; sequence <= 1500; sequence += 1) memory.add(web, [refused(sequence)]);
    assert.deepEqual([memory.of(web).length, memory.of(web)[0]?.sequence], [1000, 501]);
    assert.equal(web.forgottenThrough, 500);
    memory.forget(web);
    assert.deepEqual([memory.of(web), memory.bytes, memory.evictions], [[], 0, 0]);
  });

  it("has a limit in bytes for all together, and forgets whom nothing was refused for the longest time", () => {
    const memory = new RefusalMemory(1000);
    const [first, second, third] = [instance(), instance(), instance()];
    memory.add(first, [refused(1, "x".repeat(150)), refused(2)]);
    memory.add(second, [refused(1)]);
    memory.add(first, [refused(3)]);
    assert.deepEqual([memory.bytes, memory.evictions], [750, 0]);
    memory.add(third, [refused(1, "y".repeat(200))]);
    assert.deepEqual([sequences(memory, first), sequences(memory, second)], [[1, 2, 3], []]);
    assert.deepEqual([memory.bytes, memory.evictions], [950, 1]);
    memory.add(second, [refused(9)]);
    assert.deepEqual([sequences(memory, first), sequences(memory, third), sequences(memory, second)], [[], [1], [9]]);
    assert.equal(memory.evictions, 4);
    assert.deepEqual([first, second, third].map(({ forgottenThrough }) => forgottenThrough), [3, 1, 0]); // biome-ignore format: one line
  });

  it("forgets what was refused to the role that has most of it", () => {
    const memory = new RefusalMemory(3000);
    const quiet = instance("quiet");
    memory.add(quiet, [refused(1)]);
    const flooding = Array.from({ length: 100 }, () => instance("flooding"));
    for (const each of flooding) memory.add(each, [refused(1)]);
    assert.deepEqual(sequences(memory, quiet), [1]);
    assert.ok(memory.bytes <= 3000 && memory.evictions > 0);
  });

  it("keeps nothing that is larger than itself", () => {
    const memory = new RefusalMemory(100);
    memory.add(instance(), [refused(1)]);
    assert.deepEqual([memory.bytes, memory.evictions], [0, 1]);
  });
});
