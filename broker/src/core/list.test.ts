import assert from "node:assert/strict";
import fc from "fast-check";
import { List, type ListNode } from "./list.ts";

describe("List", () => {
  it("is empty at first", () => {
    const list = new List<string>();
    assert.deepEqual([list.size, list.first, list.shift(), [...list.nodes()]], [0, undefined, undefined, []]);
  });

  it("takes an entry out only once", () => {
    const list = new List<string>();
    const node = list.push("a");
    list.push("b");
    assert.deepEqual([node.remove(), node.remove(), list.size], [true, false, 1]);
  });

  it("may lose the entry at hand while it is walked", () => {
    const list = new List<number>();
    for (let value = 0; value < 6; value += 1) list.push(value);
    for (const node of list.nodes()) if (node.value % 2 === 0) node.remove();
    assert.deepEqual(
      [...list.nodes()].map(({ value }) => value),
      [1, 3, 5],
    );
  });

  it("does what an array does, whatever happens to it", () => {
    const step = fc.record({ kind: fc.constantFrom("push", "unshift", "shift", "remove"), which: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const list = new List<number>();
        const model: number[] = [];
        const nodes = new Map<number, ListNode<number>>();
        steps.forEach(({ kind, which }, value) => {
          if (kind === "push") nodes.set(value, list.push(value)) && model.push(value);
          else if (kind === "unshift") nodes.set(value, list.unshift(value)) && model.unshift(value);
          else if (kind === "shift") assert.equal(list.shift(), model.shift());
          else if (model.length > 0) {
            const [gone] = model.splice(which % model.length, 1);
            assert.ok(nodes.get(gone as number)?.remove());
          }
          assert.deepEqual(
            [...list.nodes()].map((node) => node.value),
            model,
          );
          assert.deepEqual([list.size, list.first], [model.length, model[0]]);
        });
      }),
    );
  });
});
