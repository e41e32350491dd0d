import assert from "node:assert/strict";
import fc from "fast-check";
import { maxOpenRequests, RequestSlots } from "./request-slots.ts";

function opened(slots: RequestSlots<{ number: number }>): { number: number } {
  const request = { number: 0 };
  assert.ok(slots.add(request));
  return request;
}

describe("RequestSlots", () => {
  it("finds what is in, and nothing else, however often slots are used again", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 400 }), (steps) => {
        const slots = new RequestSlots<{ number: number }>();
        const open: { number: number }[] = [];
        const gone: number[] = [];
        for (const step of steps) {
          const [request] = step % 2 === 1 ? open.splice(step % Math.max(1, open.length), 1) : [];
          if (request) {
            slots.delete(request);
            gone.push(request.number);
          } else open.push(opened(slots));
        }
        assert.equal(slots.size, open.length);
        for (const request of open) assert.equal(slots.get(request.number), request);
        for (const number of gone) assert.equal(slots.get(number), undefined);
        assert.deepEqual(new Set(slots), new Set(open));
      }),
    );
  });

  it("gives numbers of 32 bits, none of them 0, also after a slot was used 65,535 times", () => {
    const slots = new RequestSlots<{ number: number }>();
    for (let each = 0; each < 140_000; each += 1) {
      const request = opened(slots);
      assert.ok(request.number > 0 && request.number <= 0xffff_ffff);
      slots.delete(request);
    }
  });

  it("is full at its limit", () => {
    const slots = new RequestSlots<{ number: number }>();
    for (let each = 0; each < maxOpenRequests; each += 1) opened(slots);
    assert.equal(slots.add({ number: 0 }), false);
  });
});
