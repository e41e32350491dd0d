import assert from "node:assert/strict";
import { ExoError, type Reason } from "@exosphere/proto";
import { collectingLog, silentLog } from "@exosphere/telemetry";
import { type Answer, ask, whileServing } from "./exchange.fixture.ts";
import { sendProblem, sendStatusProblem } from "./send-problem.ts";

async function answerTo(error: ExoError, log = silentLog()): Promise<Answer> {
  let answer: Answer | undefined;
  await whileServing(
    (_, response) => sendProblem(response, error, log),
    async (port) => {
      answer = await ask({ port });
    },
  );
  assert.ok(answer);
  return answer;
}

describe("answering with a problem", () => {
  it("sends status, media type, reason and facts", async () => {
    const { status, headers, text } = await answerTo(
      new ExoError("NO_RECEIVERS", "Nobody takes 'x'.", { facts: { name: "x" } }),
    );
    assert.equal(status, 404);
    assert.equal(headers["content-type"], "application/problem+json");
    assert.deepEqual(JSON.parse(text), {
      type: "urn:exosphere:problem:no_receivers",
      title: "Nobody receives this message",
      status: 404,
      detail: "Nobody takes 'x'.",
      reason: "NO_RECEIVERS",
      name: "x",
    });
    assert.equal(headers["retry-after"], undefined);
  });

  it("says in whole seconds when to try again, never less than one", async () => {
    const cases: [Reason, number | undefined, string][] = [
      ["QUEUE_FULL", undefined, "1"],
      ["RATE_LIMITED", 0, "1"],
      ["RATE_LIMITED", 1001, "2"],
      ["DRAINING", 5000, "5"],
    ];
    for (const [reason, retryAfterMs, expected] of cases) {
      const options = retryAfterMs === undefined ? {} : { retryAfterMs };
      const { headers } = await answerTo(new ExoError(reason, "Later.", options));
      assert.equal(headers["retry-after"], expected, `${reason} after ${retryAfterMs} ms`);
    }
  });

  it("asks for a token where one is missing", async () => {
    assert.equal((await answerTo(new ExoError("UNAUTHENTICATED", "No."))).headers["www-authenticate"], "Bearer");
  });

  it("tells an unexpected error to the log, and to the caller only its id", async () => {
    const { log, lines } = collectingLog();
    const { status, text } = await answerTo(ExoError.from(new Error("connection to db-7 lost")), log);
    assert.equal(status, 500);
    assert.ok(!text.includes("db-7"));
    assert.match(JSON.stringify(lines[0]?.err), /db-7/);
    assert.match(JSON.parse(text).id, /^[0-9a-f-]{36}$/);
    assert.equal(lines[0]?.id, JSON.parse(text).id);
  });

  it("does not pass on what an unexpected error says of itself", async () => {
    const { text } = await answerTo(new ExoError("INTERNAL", "db-7 is gone", { facts: { table: "users" } }));
    assert.ok(!text.includes("db-7") && !text.includes("users"));
  });

  it("cuts off an answer that has begun", async () => {
    const error = new ExoError("HANDLER_FAILED", "Midway.");
    await whileServing(
      (_, response) => {
        response.write("half");
        sendProblem(response, error, silentLog());
      },
      async (port) => {
        await assert.rejects(ask({ port }));
      },
    );
  });

  it("has problems about HTTP itself, too", async () => {
    await whileServing(
      (_, response) => sendStatusProblem(response, 405, "Takes GET.", { headers: { allow: "GET" }, facts: { a: [1] } }),
      async (port) => {
        const { status, headers, text } = await ask({ port });
        assert.deepEqual([status, headers.allow], [405, "GET"]);
        const problem = { a: [1], type: "about:blank", title: "Method Not Allowed", status: 405, detail: "Takes GET." };
        assert.deepEqual(JSON.parse(text), problem);
      },
    );
  });
});
