import assert from "node:assert/strict";
import { ExoError } from "@exosphere/proto";
import type { LinkStatus } from "./link-status.ts";
import { logStatus } from "./log-status.ts";

describe("logStatus", () => {
  const logged = (status: LinkStatus) => {
    const lines: unknown[] = [];
    const method = (level: string) => (facts: object, text: string) => void lines.push([level, facts, text]);
    logStatus({ debug: method("debug"), info: method("info"), warn: method("warn") }, status);
    return lines;
  };
  const broker = "127.0.0.1:4100";
  const error = new ExoError("DRAINING", "The broker shuts down.");

  it("warns of what is wrong, with the reason", () => {
    const facts = { broker, reason: "DRAINING" };
    assert.deepEqual(logged({ kind: "left", broker, error }), [["warn", facts, error.detail]]);
    assert.deepEqual(logged({ kind: "detached", broker, error, retryMs: 1.6 }), [
      ["warn", { ...facts, retryMs: 2 }, error.detail],
    ]);
  });

  it("does not warn of what is in order", () => {
    assert.deepEqual(logged({ kind: "left", broker, error: undefined }), [
      ["info", { broker }, "the broker that was left ended the connection"],
    ]);
    assert.deepEqual(logged({ kind: "closed" }), [["debug", {}, "the link is closed"]]);
  });
});
