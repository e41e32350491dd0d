import assert from "node:assert/strict";
import { ActivitySample } from "./activity-sample.ts";

/** Hashes of activities, spread as those of the core are. */
const hashes = Array.from({ length: 20_000 }, (_, index) => (index * 2_654_435_761) % 2 ** 40);

describe("the activities that a tap shows", () => {
  it("are all while there is no limit, or the limit is not reached", () => {
    for (const limit of [0, 100_000]) {
      const sample = new ActivitySample(limit);
      assert.ok(hashes.every((hash) => sample.takes(hash)));
      sample.nextSecond();
      assert.deepEqual([sample.share, sample.skipped], [1, 0]);
    }
  });

  it("become fewer within the second in which there are too many, and settle at about the limit", () => {
    const sample = new ActivitySample(1000);
    const taken = [0, 1, 2, 3].map(() => {
      const count = hashes.filter((hash) => sample.takes(hash)).length;
      sample.nextSecond();
      return count;
    });
    assert.ok((taken[0] ?? 0) < 5000, `${taken}`);
    assert.ok((taken[3] ?? 0) > 500 && (taken[3] ?? 0) <= 1100, `${taken}`);
    assert.ok(sample.skipped > 60_000);
  });

  it("are shown whole: who is in a small share is in every larger one", () => {
    const [small, large] = [new ActivitySample(500), new ActivitySample(4000)];
    for (let second = 0; second < 5; second += 1) {
      for (const hash of hashes) [small.takes(hash), large.takes(hash)];
      small.nextSecond();
      large.nextSecond();
    }
    const some = hashes.slice(0, 400);
    assert.ok(some.filter((hash) => small.takes(hash)).every((hash) => large.takes(hash)));
  });

  it("come back when the load is gone", () => {
    const sample = new ActivitySample(1000);
    for (const hash of hashes) sample.takes(hash);
    for (let second = 0; second < 24; second += 1) sample.nextSecond();
    assert.equal(sample.share, 1);
  });

  it("fail in the open whatever the share, while there are not too many failures", () => {
    const sample = new ActivitySample(100);
    for (const hash of hashes) sample.takes(hash);
    const shown = hashes.filter((hash) => sample.takesFailure(hash)).length;
    assert.ok(shown >= 100 && shown < 400, `${shown}`);
  });
});
