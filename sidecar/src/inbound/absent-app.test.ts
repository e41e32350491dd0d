import assert from "node:assert/strict";
import { collectingLog } from "@exosphere/telemetry";
import { HandClock } from "@exosphere/testkit";
import { AbsentApp, type AbsentAppOptions } from "./absent-app.ts";

function absent(options: Partial<AbsentAppOptions> = {}) {
  const clock = new HandClock();
  const { log, lines } = collectingLog();
  const app = new AbsentApp({
    app: new URL("http://127.0.0.1:3000/"),
    isPortChosen: true,
    isExpected: () => true,
    log,
    after: clock.after,
    ...options,
  });
  return { app, clock, lines };
}

describe("an app that does not listen", () => {
  it("is said to after 5 s, once, with where its port comes from and what to do", () => {
    for (const [options, text] of [
      [{}, /Nothing listens on http:\/\/127\.0\.0\.1:3000.*EXORELAY_PORT.*say by --app/],
      [{ isPortChosen: false }, /Nothing listens on http:\/\/127\.0\.0\.1:3000, where --app says.*change --app/],
      [{ healthPath: "/healthz" }, /http:\/\/127\.0\.0\.1:3000\/healthz does not answer 2xx.*--app-health/],
    ] as const) {
      const { clock, lines } = absent(options);
      clock.advanceTo(4_999);
      assert.equal(lines.length, 0);
      clock.advanceTo(60_000);
      assert.deepEqual(
        lines.map(({ level, app }) => [level, app]),
        [["warn", "http://127.0.0.1:3000"]],
      );
      assert.match(JSON.stringify(lines), text);
    }
  });

  it("is not missed once it is there", () => {
    const { app, clock, lines } = absent();
    app.close();
    clock.advanceTo(60_000);
    assert.deepEqual(lines, []);
  });

  it("is missed only once its role receives something", () => {
    let receives = false;
    const { clock, lines } = absent({ isExpected: () => receives });
    clock.advanceTo(12_000);
    assert.deepEqual(lines, []);
    receives = true;
    clock.advanceTo(20_000);
    assert.equal(lines.length, 1);
  });
});
