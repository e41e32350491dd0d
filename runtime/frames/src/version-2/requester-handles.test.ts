import assert from "node:assert/strict";
import fc from "fast-check";
import { RequesterHandles } from "./requester-handles.ts";

const key = 2 ** 40 + 7;

describe("RequesterHandles", () => {
  it("stand each for one requester, for as long as it is known", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(fc.maxSafeNat(), fc.constantFrom(2 ** 32, 2 ** 33, 1))), (requesters) => {
        const handles = new RequesterHandles();
        const given = requesters.map((requester) => handles.of(requester));
        assert.equal(new Set(given).size, requesters.length);
        assert.ok(given.every((handle, index) => handle <= 0xffff_ffff && handle > 0 === (requesters[index] !== 0)));
        assert.deepEqual(
          given.map((handle) => handles.requesterOf(handle)),
          requesters,
        );
        assert.deepEqual(
          requesters.map((requester) => handles.of(requester)),
          given,
        );
      }),
    );
  });

  it("are the same in every process that has not given them to another requester", () => {
    assert.equal(new RequesterHandles().of(key), new RequesterHandles().of(key));
    const handles = new RequesterHandles();
    assert.notEqual(handles.of(key), handles.of(key + 2 ** 32));
  });

  it("leave what is not known as it is", () => {
    assert.equal(new RequesterHandles().requesterOf(4711), 4711);
  });

  it("forget those that have not asked for longest, beyond 65,536 of them", () => {
    const handles = new RequesterHandles();
    const first = handles.of(key);
    for (let count = 1; count <= 65_536; count += 1) handles.of(key + count);
    assert.ok(handles.size <= 65_536);
    assert.equal(handles.requesterOf(first), first);
    assert.equal(handles.requesterOf(handles.of(key + 65_536)), key + 65_536);
    assert.equal(handles.of(key), first);
  });

  it("keep who asks now and then, however many others come and go meanwhile", () => {
    const handles = new RequesterHandles();
    const first = handles.of(key);
    for (let count = 1; count <= 200_000; count += 1) {
      handles.of(key + count);
      if (count % 30_000 === 0) assert.equal(handles.of(key), first);
      assert.equal(handles.requesterOf(first), key);
    }
    assert.ok(handles.size <= 65_536);
  });
});
