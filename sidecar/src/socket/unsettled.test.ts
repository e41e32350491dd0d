import assert from "node:assert/strict";
import type { Incoming } from "@exosphere/link";
import { Unsettled } from "./unsettled.ts";

describe("what an app has not settled", () => {
  const incoming = (number: number) => ({ number }) as Incoming;

  it("is given up in the order in which it was given to the app, with what never left told apart", () => {
    const unsettled = new Unsettled();
    const given = Array.from({ length: 300 }, (_, each) => {
      const number = unsettled.nextNumber();
      unsettled.add(number, incoming(1000 + each));
      return number;
    });
    for (const number of given) if (number % 3 === 0) unsettled.take(number);
    const all = unsettled.takeAll(250);
    const left = given.filter((number) => number % 3 !== 0);
    assert.deepEqual(
      all.map((each) => each.incoming.number),
      left.map((number) => 999 + number),
    );
    assert.equal(all.filter(({ wasWritten }) => !wasWritten).length, left.filter((number) => number >= 250).length);
    assert.equal(unsettled.size, 0);
  });

  it("is found by the number of the link as well", () => {
    const unsettled = new Unsettled();
    for (const number of [70, 80]) unsettled.add(unsettled.nextNumber(), incoming(number));
    assert.equal(unsettled.numberOf(80), 2);
    assert.equal(unsettled.numberOf(90), 0);
  });
});
