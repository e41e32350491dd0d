import assert from "node:assert/strict";
import fc from "fast-check";
import { Acceptances } from "./acceptances.ts";
import { FakeClock } from "./fake-clock.ts";

const envelope = new Uint8Array();
const messageOf = (activity: string) => ({
  activityId: new TextEncoder().encode(activity),
  envelope,
  deadlineMs: 0,
  isSecurity: false,
  replyInstance: 0,
  replyRequest: 0,
});

/** A message of a frame, and whether it is accepted. */
const inFrame = fc.tuple(fc.constantFrom("a", "b", "c"), fc.boolean());

describe("Acceptances", () => {
  it("are the same whether or not they were prepared for, and whichever of a frame are accepted", () => {
    const frames = fc.array(fc.array(inFrame, { maxLength: 6 }), { maxLength: 6 });
    fc.assert(
      fc.property(frames, (all) => {
        const clock = new FakeClock();
        const [prepared, plain] = [new Acceptances(clock, 1000, 7), new Acceptances(clock, 1000, 7)];
        for (const frame of all) {
          clock.advance(1);
          const messages = frame.map(([activity]) => messageOf(activity));
          prepared.expect(messages);
          for (const [place, message] of messages.entries()) {
            if (!frame[place]?.[1]) continue;
            const [one, other] = [prepared.of(message), plain.of(message)];
            assert.deepEqual({ ...one, activity: one.activity }, { ...other, activity: other.activity });
          }
        }
      }),
    );
  });
});
