import assert from "node:assert/strict";
import { renderLogLine } from "./log-line.ts";

describe("log lines", () => {
  it("show level, message and facts of pino's JSON, without what every line repeats", () => {
    const entry = { level: "warn", time: "2026-01-01T00:00:00Z", pid: 1, name: "exocom", role: "users", msg: "slow" };
    assert.equal(renderLogLine(JSON.stringify(entry)), "WARN slow role=users");
    assert.equal(renderLogLine(JSON.stringify({ ...entry, ms: 7 }), "users"), "WARN slow ms=7");
  });

  it("know pino's numbers for levels", () => {
    assert.equal(renderLogLine('{"level":50,"msg":"x"}'), "ERROR x");
  });

  it("quote texts with spaces and show objects as JSON", () => {
    const line = JSON.stringify({ level: "info", msg: "m", text: "a b", list: [1], none: null, empty: "" });
    assert.equal(renderLogLine(line), 'INFO m text="a b" list=[1] none=null empty=""');
  });

  it("show the stack of an error on lines of its own", () => {
    const err = { type: "Error", message: "no luck", stack: "Error: no luck\n    at here" };
    assert.equal(
      renderLogLine(JSON.stringify({ level: "error", msg: "m", err })),
      'ERROR m err="no luck"\nError: no luck\n    at here',
    );
  });

  it("neither move the cursor nor begin a line by what a peer chose", () => {
    const role = "x\u001b[2J\nexocom | INFO forged";
    const err = { type: "Error", message: role, stack: `Error: ${role}\u009b` };
    const line = renderLogLine(JSON.stringify({ level: "warn", msg: `attached: ${role}`, role, bidi: "\u202e", err }));
    assert.equal(
      line,
      String.raw`WARN attached: x\u001b[2J\u000aexocom | INFO forged role="x\u001b[2J\nexocom | INFO forged" bidi=\u202e err="x\u001b[2J\nexocom | INFO forged"` +
        "\nError: x\\u001b[2J\nexocom | INFO forged\\u009b",
    );
  });

  it("stay as they are if they are none of pino's", () => {
    for (const line of ["users online", "{not json", '{"name":"Ada"}', "", "{}"])
      assert.equal(renderLogLine(line), line);
  });
});
