import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { processSettings, SettingsError, setting } from "@exosphere/settings";
import { collectingLog } from "@exosphere/telemetry";
import type { RunningProcess } from "./drain.ts";
import { type MainInput, runMain } from "./run-main.ts";
import { StartError } from "./start-error.ts";

const settings = { ...processSettings, port: setting.port({ help: "p", default: 4200 }) };
type Start = MainInput<typeof settings>["start"];

const idle: RunningProcess = { drain: async () => {}, close: () => {} };

/** A main with its surroundings. */
function mainOf(argv: readonly string[], start: Start, env: Record<string, string> = {}) {
  const written = { stdout: "", stderr: "" };
  const streams = {
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
  };
  const signals = new EventEmitter();
  const exited = Promise.withResolvers<number>();
  const codes: number[] = [];
  const exit = (code: number) => {
    codes.push(code);
    exited.resolve(code);
  };
  const input = { command: "exo x", about: "X.", version: "1.2.3", settings, start, argv, env, streams, exit, signals };
  return { done: runMain(input), written, signals, codes, exited: exited.promise };
}

describe("the main of a process", () => {
  it("prints help and version on stdout and exits with 0, without starting", async () => {
    for (const [flag, expected] of [
      ["--help", /^exo x 1\.2\.3: X\.\n[\s\S]*--port/],
      ["--version", /^1\.2\.3\n$/],
    ] as const) {
      const { done, written, codes } = mainOf([flag], () => assert.fail("started"));
      await done;
      assert.match(written.stdout, expected);
      assert.deepEqual([written.stderr, codes], ["", [0]]);
    }
  });

  it("prints every mistake on stderr and exits with 64, without starting", async () => {
    const { done, written, codes } = mainOf(["--prot", "1", "--port=x"], () => assert.fail("started"), {
      EXO_GRACE: "5",
    });
    await done;
    assert.equal(
      written.stderr,
      "exo x: Unknown flag --prot (did you mean --port?)\n" +
        "exo x: EXO_GRACE: '5' is not a duration such as 1500ms, 10s or 2m from 0 to 24.8d\n" +
        "exo x: --port: 'x' is not a port, a whole number from 0 to 65535\n" +
        "See exo x --help\n",
    );
    assert.deepEqual([written.stdout, codes], ["", [64]]);
  });

  it("starts with what was given, then drains on a signal and exits with 0", async () => {
    const { log, lines } = collectingLog();
    const main = mainOf(["--port", "7"], async ({ config }) => {
      assert.deepEqual(config, { logLevel: "info", pretty: undefined, grace: 10_000, port: 7 });
      return { ...idle, log };
    });
    await main.done;
    assert.deepEqual(main.codes, []);
    main.signals.emit("SIGTERM", "SIGTERM");
    assert.equal(await main.exited, 0);
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ["draining", "drained"],
    );
    assert.equal(lines[0]?.graceMs, 10_000);
  });

  it("says why it could not start and exits with 1", async () => {
    const { done, written, codes } = mainOf([], () => {
      throw new StartError("port 4200 on 127.0.0.1 is already in use: choose another with --port");
    });
    await done;
    assert.equal(written.stderr, "exo x: port 4200 on 127.0.0.1 is already in use: choose another with --port\n");
    assert.deepEqual(codes, [1]);
  });

  it("prints every mistake in what the settings lead to and exits with 64", async () => {
    const { done, written, codes } = mainOf([], () => {
      throw new SettingsError(["routes.json: is empty", "routes.json: is old"]);
    });
    await done;
    assert.equal(written.stderr, "exo x: routes.json: is empty\nexo x: routes.json: is old\n");
    assert.deepEqual(codes, [64]);
  });

  it("shows the stack of an unexpected error only to developers", async () => {
    const fail = async () => {
      throw new Error("boom");
    };
    const quiet = mainOf([], fail);
    await quiet.done;
    assert.equal(quiet.written.stderr, "exo x: boom\n");
    const verbose = mainOf(["--log-level", "debug"], fail);
    await verbose.done;
    assert.match(verbose.written.stderr, /^exo x: Error: boom\n {4}at /);
    assert.deepEqual([quiet.codes, verbose.codes], [[1], [1]]);
    assert.equal(quiet.signals.listenerCount("SIGTERM"), 0);
  });

  it("tells a process that still starts that it is to end, then drains it", async () => {
    const drained: string[] = [];
    const main = mainOf([], async (_, ending) => {
      await new Promise((resolve) => ending.addEventListener("abort", resolve));
      return { ...idle, drain: async () => void drained.push("drained") };
    });
    main.signals.emit("SIGINT", "SIGINT");
    assert.equal(await main.exited, 0);
    assert.deepEqual(drained, ["drained"]);
  });

  it("exits with 0 if a process gives up starting because it was told to end", async () => {
    const main = mainOf([], async (_, ending) => {
      await new Promise((resolve) => ending.addEventListener("abort", resolve));
      throw new Error("given up");
    });
    main.signals.emit("SIGINT", "SIGINT");
    assert.equal(await main.exited, 0);
    await main.done;
    assert.deepEqual(main.codes, [0]);
  });
});
