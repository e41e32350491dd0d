import assert from "node:assert/strict";
import { type AttachRequest, newAttachRequest, Publish } from "@exosphere/proto";
import { FairTurns, type TurnTaker } from "./fair-turns.ts";
import { maxFrameMessages } from "./frame-parts.ts";
import { sliceWeight } from "./frame-slices.ts";

const publish = Publish.decode(new Uint8Array(0));
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A frame of so many publishes. */
const frameOf = (count: number): AttachRequest => ({
  ...newAttachRequest(),
  firstSequence: 1,
  publishes: new Array<Publish>(count).fill(publish),
});

/** What was worked on, in its order: the owner, and how many publishes. */
type Worked = [owner: string, publishes: number];

class Stream implements TurnTaker {
  readonly owner: string;
  readonly spent = { turn: 0, weight: 0 };
  readonly #worked: Worked[];
  isThrough = false;

  constructor(owner: string, worked: Worked[]) {
    this.owner = owner;
    this.#worked = worked;
  }

  work({ publishes }: AttachRequest): void {
    this.#worked.push([this.owner, publishes.length]);
  }

  through(): void {
    this.isThrough = true;
  }
}

const sumOf = (worked: readonly Worked[]) => worked.reduce((sum, [, publishes]) => sum + publishes, 0);

describe("FairTurns", () => {
  it("has a usual frame worked on at once", () => {
    const worked: Worked[] = [];
    assert.ok(new FairTurns().take(new Stream("web", worked), frameOf(256)));
    assert.deepEqual(worked, [["web", 256]]);
  });

  it("lets others through while the streams of one role flood", async () => {
    const [turns, worked] = [new FairTurns(), [] as Worked[]];
    const floods = Array.from({ length: 50 }, () => new Stream("flood", worked));
    for (const flood of floods) assert.equal(turns.take(flood, frameOf(maxFrameMessages)), false);
    assert.equal(turns.size, 50);
    await turn();
    const before = sumOf(worked);
    assert.ok(turns.take(new Stream("web", worked), frameOf(1)));
    assert.ok(before <= sliceWeight, `${before} publishes of the flood came first`);
    // One that floods as well has every second turn, however many streams the other has.
    const busy = new Stream("busy", worked);
    assert.equal(turns.take(busy, frameOf(maxFrameMessages)), false);
    while (!busy.isThrough) await turn();
    assert.ok(sumOf(worked.filter(([owner]) => owner === "flood")) <= maxFrameMessages + 4 * sliceWeight);
    for (const flood of floods) turns.drop(flood);
    assert.equal(turns.size, 0);
  });

  it("works on all of a flood in the end, and says when the next frame may come", async () => {
    const [turns, worked] = [new FairTurns(), [] as Worked[]];
    const flood = new Stream("flood", worked);
    for (let frames = 1; frames <= 3; frames += 1) {
      flood.isThrough = turns.take(flood, frameOf(maxFrameMessages));
      while (!flood.isThrough) await turn();
      assert.equal(sumOf(worked), frames * maxFrameMessages);
    }
    assert.equal(turns.size, 0);
  });

  it("never has a frame overtake one of its stream that waits", async () => {
    const [turns, worked] = [new FairTurns(), [] as Worked[]];
    const flood = new Stream("flood", worked);
    assert.equal(turns.take(flood, frameOf(maxFrameMessages)), false);
    assert.equal(turns.take(flood, frameOf(1)), false);
    while (!flood.isThrough) await turn();
    assert.deepEqual(worked.at(-1), ["flood", 1]);
    assert.equal(sumOf(worked), maxFrameMessages + 1);
  });

  it("drops what waits of a stream that has ended", async () => {
    const [turns, worked] = [new FairTurns(), [] as Worked[]];
    const flood = new Stream("flood", worked);
    turns.take(flood, frameOf(maxFrameMessages));
    turns.drop(flood);
    await turn();
    assert.deepEqual([turns.size, worked, flood.isThrough], [0, [], false]);
  });
});
