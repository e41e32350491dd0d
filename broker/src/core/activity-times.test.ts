import assert from "node:assert/strict";
import fc from "fast-check";
import { activityHash } from "./activity-hash.ts";
import { ActivityTimes } from "./activity-times.ts";

const hashOf = (text: string) => activityHash(new TextEncoder().encode(text), 7);

describe("ActivityTimes", () => {
  it("tells when the previous message of an activity was", () => {
    const times = new ActivityTimes();
    assert.equal(times.touch(hashOf("one"), 5), undefined);
    assert.equal(times.touch(hashOf("two"), 6), undefined);
    assert.equal(times.touch(hashOf("one"), 7.5), 5);
    assert.equal(times.touch(hashOf("one"), 9), 7.5);
    assert.equal(times.touch(hashOf("two"), 9), 6);
  });

  it("tells activities apart that are almost alike", () => {
    const times = new ActivityTimes();
    const ids = Array.from({ length: 20_000 }, (_, index) => hashOf(`00000000-0000-0000-0000-${index}`));
    for (const id of ids) assert.equal(times.touch(id, 1), undefined);
    assert.ok(ids.every((id) => times.touch(id, 2) === 1));
  });

  it("forgets old activities for new ones, and never takes one for another", () => {
    const times = new ActivityTimes();
    for (let index = 0; index < 400_000; index += 1)
      assert.equal(times.touch(hashOf(`activity ${index}`), index), undefined);
    assert.equal(times.touch(hashOf("activity 399999"), 400_000), 399_999);
    assert.equal(times.touch(hashOf("activity 0"), 400_001), undefined);
  });

  it("does what a map does as long as there is room", () => {
    const times = new ActivityTimes();
    const model = new Map<string, number>();
    let now = 0;
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 30 }), (ids) => {
        for (const id of ids) {
          now += 1;
          assert.equal(times.touch(hashOf(id), now), model.get(id));
          model.set(id, now);
        }
      }),
    );
  });
});
