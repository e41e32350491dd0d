import assert from "node:assert/strict";
import { collectingLog, createRegistry } from "@exosphere/telemetry";
import { SettingsError } from "./settings-error.ts";
import { TokenFiles } from "./token-files.ts";

describe("the token files of a process", () => {
  let { log, lines } = collectingLog();
  let content: string[];
  let changes: number;
  let touch: () => void;
  let wait: (() => void) | undefined;
  let files: TokenFiles;
  let tokens: () => string[];

  beforeEach(() => {
    [content, changes, wait] = [["old"], 0, undefined];
    ({ log, lines } = collectingLog());
    files = new TokenFiles({
      log,
      watch: (_, onChange) => {
        touch = onChange;
        return () => {
          touch = () => {};
        };
      },
      after: (_, run) => {
        wait = run;
        return () => {
          wait = undefined;
        };
      },
    });
    const read = (file: string, setting: string) => {
      if (content.length === 0) throw new SettingsError([`${setting}: ${file} is empty`]);
      return [...content];
    };
    const opened = files.open("/tokens", "--token-file", read, () => {
      changes += 1;
    });
    tokens = opened ?? assert.fail("the file is not followed");
  });

  /** The file is written, and left alone. */
  const write = (...written: string[]) => {
    content = written;
    touch();
    wait?.();
  };

  it("are taken over when they change, once they are left alone", () => {
    content = ["new", "old"];
    touch();
    assert.deepEqual([tokens(), changes], [["old"], 0]);
    wait?.();
    assert.deepEqual([tokens(), changes], [["new", "old"], 1]);
    assert.ok(!JSON.stringify(lines).includes("new"), "the log shows a token");
  });

  it("say nothing when they are only touched", () => {
    write("old");
    assert.deepEqual([changes, lines], [0, []]);
  });

  it("stay as they were while the file is broken, which log, /readyz and metrics show", async () => {
    const registry = createRegistry({ version: "1", defaults: false });
    files.register(registry);
    const metrics = async () => (await registry.metrics()).split("\n").filter((line) => line.startsWith("exo_token"));
    write();
    assert.deepEqual(tokens(), ["old"]);
    assert.deepEqual(
      lines.map(({ level, mistakes }) => [level, mistakes]),
      [["error", ["--token-file: /tokens is empty"]]],
    );
    assert.match(files.remarks().join(), /^the changed file of --token-file is broken/);
    assert.deepEqual(await metrics(), [
      'exo_token_file_stale{setting="--token-file"} 1',
      'exo_token_file_rejected_total{setting="--token-file"} 1',
    ]);
    write("new");
    assert.deepEqual([tokens(), files.remarks()], [["new"], []]);
    assert.match((await metrics()).join(), /stale\{setting="--token-file"\} 0/);
  });

  it("are read at once on request, and no longer once they are closed", () => {
    content = ["new"];
    files.reload();
    assert.deepEqual(tokens(), ["new"]);
    files.close();
    write("newer");
    assert.deepEqual(tokens(), ["new"]);
  });

  it("are refused at the start if they are broken, and nobody asks for a token where no file is set", () => {
    assert.throws(
      () =>
        files.open("/other", "--x", () => {
          throw new SettingsError(["--x: broken"]);
        }),
      SettingsError,
    );
    assert.equal(
      files.open(undefined, "--x", () => []),
      undefined,
    );
  });
});
