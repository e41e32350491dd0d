import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ExoRun } from "./exo-run.fixture.ts";
import { commandOf } from "./process-tree.fixture.ts";

const echoApp = fileURLToPath(new URL("fixtures/echo-app", import.meta.url));
/** Calls that are under way when it is told to end. */
const many = 1_000;

/** Where the admin port of a role's sidecar is, as its command line says. */
function adminOf(pids: readonly number[], role: string): string {
  const command = pids.map(commandOf).find((each) => each.includes(`--role=${role}`)) ?? assert.fail(`no ${role}`);
  return `http://127.0.0.1:${/--admin-port=(\d+)/.exec(command)?.[1]}`;
}

/** Requests that wait at a sidecar, or were answered. */
async function reached(admin: string): Promise<number> {
  const text = await (await fetch(`${admin}/metrics`)).text();
  const counts = text.matchAll(/^exo_sidecar_(?:open_requests|sent_total\{[^}]*outcome="ok"[^}]*\}) (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

describe("With 1,000 calls under way, SIGTERM of exo run", function () {
  this.timeout(90_000);
  let exo: ExoRun | undefined;
  afterEach(() => exo?.kill());

  it("answers each of them, ends with 0 and leaves no process behind", async () => {
    exo = new ExoRun([echoApp], { ECHO_DELAY_MS: "200" });
    await exo.until(/^ +curl -d .*$/m);
    exo.look();
    const { body, url } = exo.curl;
    const calls = Array.from({ length: many }, async () => {
      const answer = await fetch(url, { method: "POST", body });
      await answer.arrayBuffer();
      return answer.status;
    });
    const admin = adminOf(exo.look(), "asker");
    // Those that have not reached its sidecar are not under way.
    while ((await reached(admin)) < many) await pause(5);
    const code = await exo.end("SIGTERM");
    const outcomes = await Promise.allSettled(calls);
    assert.equal(code, 0);
    const tally: Record<string, number> = {};
    for (const outcome of outcomes) {
      const key = outcome.status === "fulfilled" ? outcome.value : String(outcome.reason);
      tally[key] = (tally[key] ?? 0) + 1;
    }
    assert.deepEqual(tally, { 200: many });
    assert.deepEqual(exo.leftovers, []);
  });
});
