import assert from "node:assert/strict";
import { RefusalMemory } from "./refusal-memory.ts";
import { ResumableSessions } from "./resumable-sessions.ts";

describe("instances that are gone", () => {
  it("are forgotten of the role that has most of them, so that others are known still", () => {
    const resumables = new ResumableSessions(4, new RefusalMemory(1000));
    const before = resumables.resume("web", "same", false);
    resumables.release(before);
    for (let other = 0; other < 10; other += 1) resumables.release(resumables.resume("sink", `${other}`, false));
    assert.equal(resumables.resume("web", "same", true), before);
    const last = resumables.resume("sink", "9", true);
    assert.notEqual(resumables.resume("sink", "0", true), last);
  });

  it("leave the sequences of other roles alone, whatever they said of their own", () => {
    const resumables = new ResumableSessions(1, new RefusalMemory(1000));
    for (const id of ["1", "2"]) {
      const known = resumables.resume("sink", id, false);
      known.takenThrough = Number.MAX_SAFE_INTEGER;
      resumables.release(known);
    }
    assert.equal(resumables.resume("sink", "1", true).unknownThrough, Number.MAX_SAFE_INTEGER);
    assert.equal(resumables.resume("web", "1", true).unknownThrough, 0);
  });
});
