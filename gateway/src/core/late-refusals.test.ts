import assert from "node:assert/strict";
import { Share } from "@exosphere/collections";
import { HandClock } from "@exosphere/testkit";
import { LateRefusals } from "./late-refusals.ts";

describe("LateRefusals", () => {
  const start = () => {
    const clock = new HandClock();
    const share = new Share({ total: 200, parts: { address: 150 } });
    const refusals = new LateRefusals(share, { after: clock.after });
    const answered: string[] = [];
    const refuse = (address: string) => refusals.answer(address, () => answered.push(address));
    return { clock, share, refuse, answered };
  };

  it("are answered the later, the more of the same address wait", () => {
    const { clock, refuse, answered } = start();
    for (let count = 0; count < 50; count += 1) refuse("flooding");
    refuse("other");
    clock.advance(10);
    assert.deepEqual(answered, ["flooding", "other"]);
    clock.advance(240);
    assert.equal(answered.length, 26);
    clock.advance(250);
    assert.equal(answered.length, 51);
  });

  it("wait no longer than a second, and never for more than their share", () => {
    const { clock, share, refuse, answered } = start();
    for (let count = 0; count < 200; count += 1) refuse("flooding");
    assert.equal(answered.length, 50);
    clock.advance(1000);
    assert.deepEqual([answered.length, share.used], [200, 0]);
  });
});
