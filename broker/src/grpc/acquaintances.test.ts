import assert from "node:assert/strict";
import { Acquaintances } from "./acquaintances.ts";
import { RefusalMemory } from "./refusal-memory.ts";

describe("instances that are gone", () => {
  it("are forgotten of the role that has most of them, so that others are known still", () => {
    const acquaintances = new Acquaintances(4, new RefusalMemory(1000));
    const before = acquaintances.meet("web", "same", false);
    acquaintances.part("web", "same", before);
    for (let other = 0; other < 10; other += 1)
      acquaintances.part("sink", `${other}`, acquaintances.meet("sink", `${other}`, false));
    assert.equal(acquaintances.meet("web", "same", true), before);
    const last = acquaintances.meet("sink", "9", true);
    assert.notEqual(acquaintances.meet("sink", "0", true), last);
  });

  it("leave the sequences of other roles alone, whatever they said of their own", () => {
    const acquaintances = new Acquaintances(1, new RefusalMemory(1000));
    for (const id of ["1", "2"]) {
      const known = acquaintances.meet("sink", id, false);
      known.takenThrough = Number.MAX_SAFE_INTEGER;
      acquaintances.part("sink", id, known);
    }
    assert.equal(acquaintances.meet("sink", "1", true).unknownThrough, Number.MAX_SAFE_INTEGER);
    assert.equal(acquaintances.meet("web", "1", true).unknownThrough, 0);
  });
});
