import assert from "node:assert/strict";
import { HandClock } from "@exosphere/testkit";
import { QuietFiles, quietMs } from "./quiet-files.ts";

/** Files that change by hand. */
function followed(files: readonly string[]) {
  const clock = new HandClock();
  let watched: readonly string[] = [];
  let change = () => {};
  let changes = 0;
  const quiet = new QuietFiles(files, {
    watch: (wanted, onChange) => {
      watched = wanted;
      change = onChange;
      return () => {
        watched = [];
      };
    },
    after: (delayMs, run) => clock.after(delayMs, run),
    onChanged: () => {
      changes += 1;
    },
  });
  return { quiet, clock, change: () => change(), watched: () => watched, changes: () => changes };
}

describe("files that are followed", () => {
  it("are reported once they have been left alone, not while they are still being written", () => {
    const { clock, change, changes } = followed(["a"]);
    change();
    clock.advance(quietMs - 1);
    change();
    clock.advance(quietMs - 1);
    assert.equal(changes(), 0);
    clock.advance(1);
    assert.equal(changes(), 1);
  });

  it("are not reported for a change that was read meanwhile, nor after the end", () => {
    const { quiet, clock, change, changes, watched } = followed(["a"]);
    change();
    quiet.wereRead();
    clock.advance(quietMs);
    change();
    quiet.close();
    clock.advance(quietMs);
    assert.deepEqual([changes(), watched()], [0, []]);
  });

  it("can be others from now on", () => {
    const { quiet, watched } = followed(["a"]);
    quiet.follow(["b", "a", "b"]);
    assert.deepEqual(
      [quiet.files, watched()],
      [
        ["a", "b"],
        ["a", "b"],
      ],
    );
  });
});
