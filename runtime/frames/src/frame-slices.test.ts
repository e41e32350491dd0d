import assert from "node:assert/strict";
import { newAttachRequest, newCredit, Publish, Settlement } from "@exosphere/proto";
import { maxFrameMessages, maxFrameNumbers } from "./frame-parts.ts";
import { slicesOf, sliceWeight, weightOf } from "./frame-slices.ts";

const numbers = Array.from({ length: maxFrameNumbers }, (_, number) => number);
const publishes = numbers.slice(0, maxFrameMessages).map((name) => ({ ...Publish.decode(new Uint8Array(0)), name }));
const settlements = publishes.map(({ name }) => ({ ...Settlement.decode(new Uint8Array(0)), delivery: name }));

describe("Slices of a frame", () => {
  it("are the frame itself, where it is small", () => {
    const frame = newAttachRequest({ firstSequence: 7, publishes: publishes.slice(0, 100), done: [1, 2] });
    assert.deepEqual([...slicesOf(frame)], [frame]);
  });

  it("have all of the largest frame in its order, each with little work", () => {
    const frame = {
      ...newAttachRequest(),
      credit: newCredit({ window: 5 }),
      done: numbers,
      settlements,
      abandoned: numbers,
      firstSequence: 7,
      publishes,
      topologyQuery: {},
      leave: {},
    };
    const slices = [...slicesOf(frame)];
    for (const slice of slices) assert.ok(weightOf(slice) <= sliceWeight);
    assert.deepEqual(slices[0]?.credit, frame.credit);
    for (const part of ["done", "settlements", "abandoned", "publishes"] as const)
      assert.deepEqual(
        slices.flatMap((slice) => slice[part] as unknown[]),
        frame[part],
      );
    for (const { firstSequence, publishes: some } of slices)
      if (some[0]) assert.equal(firstSequence, frame.firstSequence + some[0].name);
    assert.deepEqual([slices.at(-1)?.topologyQuery, slices.at(-1)?.leave], [{}, {}]);
  });
});
