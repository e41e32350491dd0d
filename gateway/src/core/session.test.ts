import assert from "node:assert/strict";
import { Session } from "./session.ts";

const pathOf = (replyRequest: number, activityId = "a") => ({ requester: 1, replyRequest, activityId });

describe("a message that names no request", () => {
  let session: Session;
  beforeEach(() => {
    session = new Session("s", "i");
  });

  it("answers the oldest request of its activity that has no answer", () => {
    session.asked("other", pathOf(1, "b"), 100);
    session.asked("first", pathOf(2), 100);
    session.asked("second", pathOf(3), 100);
    assert.deepEqual([session.answerIn("a", 0)?.id, session.answerIn("a", 0)?.id], ["first", "second"]);
  });

  it("does not answer a request whose deadline has passed, but the next one", () => {
    session.asked("late", pathOf(1), 100);
    session.asked("next", pathOf(2), 200);
    assert.equal(session.answerIn("a", 100)?.id, "next");
    assert.equal(session.answerIn("a", 200), undefined);
  });

  it("answers no request that was answered by its id", () => {
    session.asked("first", pathOf(1), 100);
    session.answered("first");
    assert.equal(session.answerIn("a", 0), undefined);
  });
});
