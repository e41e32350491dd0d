import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import { ExoRun } from "./exo-run.fixture.ts";

const echoApp = fileURLToPath(new URL("fixtures/echo-app", import.meta.url));
/** Calls that are under way when it is told to end. */
const many = 1_000;

describe("With 1,000 calls under way, SIGTERM of exo run", function () {
  this.timeout(90_000);
  let exo: ExoRun | undefined;
  afterEach(() => exo?.kill());

  it("answers each of them, ends with 0 and leaves no process behind", async () => {
    exo = new ExoRun([echoApp]);
    await exo.until(/^ +curl -d .*$/m);
    exo.look();
    const { body, url } = exo.curl;
    const { origin, pathname } = new URL(url);
    const pool = new Pool(origin, { connections: null, headersTimeout: 0, bodyTimeout: 0 });
    let [answered, connected] = [0, 0];
    pool.on("connect", () => {
      connected += 1;
    });
    const calls = Array.from({ length: many }, async () => {
      const answer = await pool.request({ method: "POST", path: pathname, body });
      answered += 1;
      await answer.body.dump();
      return answer.statusCode;
    });
    while (answered < 50 || connected < many) await new Promise((resolve) => setTimeout(resolve, 5));
    const code = await exo.end("SIGTERM");
    const outcomes = await Promise.allSettled(calls);
    await pool.destroy();
    assert.equal(code, 0);
    const tally: Record<string, number> = {};
    for (const outcome of outcomes) {
      const key = outcome.status === "fulfilled" ? outcome.value : String(outcome.reason);
      tally[key] = (tally[key] ?? 0) + 1;
    }
    // Those that had not come in yet hear that it is shutting down; none is cut, and none failed with those who answer.
    const { 200: good = 0, 503: late = 0, ...others } = tally;
    assert.deepEqual([good + late, others], [many, {}]);
    assert.ok(good >= 50);
    assert.deepEqual(exo.leftovers, []);
  });
});
