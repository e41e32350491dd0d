import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { collectingLog, silentLog } from "./log.ts";
import { isLogLevel, setLogLevel } from "./log-level.ts";

/** What a program that uses the log writes to stdout and stderr. */
function outputOf(program: string): { stdout: string; stderr: string } {
  const code = `import { createLog } from ${JSON.stringify(new URL("log.ts", import.meta.url).href)};\n${program}`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", code], {
    encoding: "utf8",
  });
  return { stdout, stderr };
}

describe("the log", () => {
  it("writes one JSON line per entry, with the level as a word and the time in ISO form", () => {
    const { stdout } = outputOf('createLog({ name: "exocom" }).info({ role: "users" }, "attached"); process.exit(0);');
    const { time, pid, ...rest } = JSON.parse(stdout);
    assert.deepEqual(rest, { level: "info", name: "exocom", role: "users", msg: "attached" });
    assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.equal(typeof pid, "number");
  });

  it("goes to stderr if told to", () => {
    const { stdout, stderr } = outputOf('createLog({ name: "exocom", destination: "stderr" }).warn("x");');
    assert.equal(stdout, "");
    assert.equal(JSON.parse(stderr).level, "warn");
  });

  it("writes lines for people if told to, and loses none at an exit", () => {
    const { stdout } = outputOf(
      'const log = createLog({ name: "exocom", pretty: true }); log.info({ token: "s3cret" }, "hello"); log.warn("last"); process.exit(0);',
    );
    assert.match(stdout, /INFO \(exocom\): hello\n/);
    assert.match(stdout, /WARN \(exocom\): last\n/);
    assert.ok(!stdout.includes("s3cret"));
  });

  it("shows people what peers chose as text that a terminal cannot obey", () => {
    const { stdout } = outputOf(
      `const role = "x\\x1b[2J\\nINFO forged"; const err = new Error(role);
       createLog({ name: "exocom", pretty: true }).warn({ role, err }, "attached as " + role);`,
    );
    assert.ok(!stdout.includes("\x1b[2J"));
    assert.doesNotMatch(stdout, /^INFO forged/m);
    assert.match(stdout, /attached as x\\u001b\[2J\\u000aINFO forged/);
  });

  it("redacts secrets on top and inside", () => {
    const { log, lines } = collectingLog();
    log.info({
      token: "s3cret",
      request: { headers: { authorization: "s3cret" } },
      options: { password: "s3cret", secret: "s3cret" },
    });
    assert.ok(!JSON.stringify(lines).includes("s3cret"));
    assert.equal(lines[0]?.token, "[redacted]");
  });

  it("tells what is behind an error", () => {
    const { log, lines } = collectingLog();
    log.error({ err: new Error("outer", { cause: new Error("inner") }) }, "failed");
    assert.match(JSON.stringify(lines[0]?.err), /outer.*inner/);
  });
});

describe("the level of a log", () => {
  it("is changed for the log and all that derive from it, whichever is told", () => {
    const { log, lines } = collectingLog();
    const child = log.child({ part: "grpc" });
    const grandchild = child.child({ peer: 1 });
    setLogLevel(grandchild, "error");
    log.info("no");
    child.info("no");
    grandchild.info("no");
    assert.deepEqual([log.level, child.level, grandchild.level], ["error", "error", "error"]);
    assert.equal(lines.length, 0);
    setLogLevel(log, "debug");
    grandchild.debug("yes");
    assert.equal(lines.length, 1);
  });

  it("is one of a few words", () => {
    assert.ok(isLogLevel("debug") && isLogLevel("silent"));
    for (const text of ["verbose", "", "DEBUG", 30, undefined]) assert.ok(!isLogLevel(text));
  });

  it("of a silent log is silent", () => assert.equal(silentLog().level, "silent"));
});
