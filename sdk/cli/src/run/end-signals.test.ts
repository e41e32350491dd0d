import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { onEndSignal } from "./end-signals.ts";

describe("end signals", () => {
  it("count once if a launcher passes on what the terminal sent as well, and force from a second later on", () => {
    const source = new EventEmitter();
    const calls: string[] = [];
    let time = 0;
    const stop = onEndSignal(() => calls.push("first"), () => calls.push("again"), source, () => time); // biome-ignore format: one line
    source.emit("SIGINT");
    time = 999;
    source.emit("SIGTERM");
    assert.deepEqual(calls, ["first"]);
    time = 1000;
    source.emit("SIGINT");
    assert.deepEqual(calls, ["first", "again"]);
    stop();
    source.emit("SIGHUP");
    assert.equal(calls.length, 2);
  });
});
