import assert from "node:assert/strict";
import { IntakeGate } from "./intake-gate.ts";

describe("the gate of deliveries", () => {
  let windows: number[];
  let gate: IntakeGate;
  beforeEach(() => {
    windows = [];
    gate = new IntakeGate((window) => windows.push(window));
  });

  it("lets in what the app takes, which may change while it is held", () => {
    gate.want(4);
    gate.hold(true);
    gate.want(8);
    assert.deepEqual([gate.isHeld, gate.isClosed], [true, true]);
    gate.hold(false);
    assert.deepEqual([windows, gate.isClosed], [[4, 0, 0, 8], false]);
  });

  it("lets in nothing once it has ended", () => {
    gate.want(4);
    gate.end();
    gate.hold(true);
    gate.hold(false);
    assert.deepEqual([windows, gate.isClosed], [[4, 0, 0, 0], true]);
  });
});
