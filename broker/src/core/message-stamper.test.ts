import assert from "node:assert/strict";
import fc from "fast-check";
import { envelopes } from "../envelopes.ts";
import { FakeClock } from "./fake-clock.ts";
import { MessageStamper } from "./message-stamper.ts";

const stamperOf = (clock: FakeClock) =>
  new MessageStamper({ clock, envelopes, limits: { defaultDeadlineMs: 1000 }, seed: 7 });
const envelope = new Uint8Array();
const messageOf = (activity: string) => ({
  activityId: new TextEncoder().encode(activity),
  envelope,
  lifetimeMs: 0,
  isSecurity: false,
  requester: 0,
  replyRequest: 0,
});

/** A message of a frame, and whether it is accepted. */
const inFrame = fc.tuple(fc.constantFrom("a", "b", "c"), fc.boolean());

describe("MessageStamper", () => {
  it("stamps messages the same whether or not it was prepared for them, and whichever of a frame are accepted", () => {
    const frames = fc.array(fc.array(inFrame, { maxLength: 6 }), { maxLength: 6 });
    fc.assert(
      fc.property(frames, (all) => {
        const clock = new FakeClock();
        const [prepared, plain] = [stamperOf(clock), stamperOf(clock)];
        for (const frame of all) {
          clock.advance(1);
          const messages = frame.map(([activity]) => messageOf(activity));
          prepared.expect(messages);
          for (const [place, message] of messages.entries()) {
            if (!frame[place]?.[1]) continue;
            const [one, other] = [prepared.accept(message), plain.accept(message)];
            assert.deepEqual({ ...one, activity: one.activity }, { ...other, activity: other.activity });
          }
        }
      }),
    );
  });
});
