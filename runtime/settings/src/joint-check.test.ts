import assert from "node:assert/strict";
import { mistakesOf, samePorts } from "./joint-check.ts";
import { SettingsError } from "./settings-error.ts";

describe("a joint check of settings", () => {
  it("has the mistakes of every read that fails", () => {
    const fail = (...mistakes: string[]) => {
      throw new SettingsError(mistakes);
    };
    const reads = [() => fail("a", "b"), () => 1, () => fail("c")];
    assert.deepEqual(mistakesOf(...reads), ["a", "b", "c"]);
  });

  it("leaves alone what is no mistake of a setting", () => {
    const broken = () => {
      throw new TypeError("ours");
    };
    assert.throws(() => mistakesOf(broken), /ours/);
  });

  it("finds two ports that are the same, and takes 0 for any free one", () => {
    const at = (setting: string, port: number | undefined, host = "127.0.0.1") => ({ setting, host, port });
    assert.deepEqual(samePorts([at("port", 1), at("adminPort", 1)]), [
      "--port and --admin-port are both 1: choose another for one of them",
    ]);
    assert.deepEqual(samePorts([at("port", 0), at("adminPort", 0)]), []);
    assert.deepEqual(samePorts([at("port", undefined), at("adminPort", undefined)]), []);
    assert.deepEqual(samePorts([at("port", 1), at("adminPort", 1, "10.0.0.1")]), []);
  });
});
