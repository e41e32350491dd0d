import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { frameOf, HandClock } from "@exosphere/testkit";
import { limitUnfinishedMessages } from "./websocket-bounds.ts";

describe("the time of unfinished messages of a WebSocket", () => {
  function start() {
    const clock = new HandClock();
    const socket = new PassThrough();
    const state = { isReading: true, expired: 0 };
    limitUnfinishedMessages({
      socket,
      withinMs: 1000,
      after: (delayMs, run) => clock.after(delayMs, run),
      isReading: () => state.isReading,
      expired: () => {
        state.expired += 1;
      },
    });
    /** Bytes come, all at once. */
    const come = (bytes: Buffer) => socket.emit("data", bytes);
    return { clock, socket, state, come };
  }

  const message = frameOf("hello");
  const fragment = frameOf("hel", { isFinal: false });
  const pong = frameOf("", { opcode: 10 });

  it("runs out for one that has begun and does not end, whatever control frames come", () => {
    const { clock, state, come } = start();
    come(fragment);
    clock.advance(600);
    come(pong);
    clock.advance(600);
    assert.equal(state.expired, 1);
  });

  it("does not run between messages", () => {
    const { clock, state, come } = start();
    come(Buffer.concat([message, pong]));
    clock.advance(10_000);
    assert.equal(state.expired, 0);
  });

  it("begins anew with each message, though none of them ends with what is read at once", () => {
    const { clock, state, come } = start();
    come(message.subarray(0, 4));
    for (let count = 0; count < 10; count += 1) {
      clock.advance(900);
      come(Buffer.concat([message.subarray(4), message.subarray(0, 4)]));
    }
    assert.equal(state.expired, 0);
    clock.advance(1000);
    assert.equal(state.expired, 1);
  });

  it("is given again while this end does not read", () => {
    const { clock, state, come } = start();
    come(fragment);
    state.isReading = false;
    clock.advance(5_000);
    assert.equal(state.expired, 0);
    state.isReading = true;
    clock.advance(1_000);
    assert.equal(state.expired, 1);
  });

  it("ends with the connection", () => {
    const { clock, socket, state, come } = start();
    come(fragment);
    socket.emit("close");
    clock.advance(5_000);
    assert.equal(state.expired, 0);
  });
});
