import assert from "node:assert/strict";
import { type AppAnswer, AppExchange } from "./app-exchange.ts";

/** What is said of a delivery that fails like this. */
function answerTo(code: string, isOnUsedConnection = false): AppAnswer | undefined {
  let said: AppAnswer | undefined;
  const answered = (answer: AppAnswer) => {
    said = answer;
  };
  const exchange = new AppExchange({
    nowMs: 0,
    dueMs: 10_000,
    maxAnswerBytes: 1,
    isOnUsedConnection,
    answered,
    ended: () => {},
  });
  exchange.fail(Object.assign(new Error(code), { code }));
  return said;
}

describe("an exchange with the app that fails", () => {
  it("has not reached the app where no connection could be opened, whoever is to blame", () => {
    for (const code of ["ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT", "EMFILE", "ENFILE"])
      assert.deepEqual([answerTo(code)?.outcome, answerTo(code)?.isUnreachable], ["retry", true], code);
  });

  it("may have reached it where the connection broke", () => {
    for (const code of ["ECONNRESET", "UND_ERR_SOCKET", "EPIPE"])
      assert.deepEqual([answerTo(code)?.outcome, answerTo(code)?.isUnreachable], ["failed", false], code);
  });

  it("has not reached the app where a connection that had been used before is reset", () => {
    for (const code of ["ECONNRESET", "EPIPE"]) {
      const { outcome, isUnreachable, mayBeUp } = answerTo(code, true) ?? assert.fail();
      assert.deepEqual([outcome, isUnreachable, mayBeUp], ["retry", true, true], code);
    }
    assert.equal(answerTo("UND_ERR_SOCKET", true)?.outcome, "failed");
  });
});
