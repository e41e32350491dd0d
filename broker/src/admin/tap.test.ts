import assert from "node:assert/strict";
import type { TapResponse } from "@exosphere/proto";
import { FakeClock } from "../core/fake-clock.ts";
import { bufferOf, Tap } from "./tap.ts";
import { newEvent } from "./tap-event.ts";

const request = {
  roles: [],
  names: [],
  activity: "",
  withPayload: true,
  maxPayloadBytes: 0,
  maxEventsPerSecond: 0,
  bufferBytes: 10_000,
};

describe("an open tap", () => {
  const opened = (reads = true) => {
    const clock = new FakeClock();
    const frames: TapResponse[] = [];
    const stream = {
      reads,
      write(frame: TapResponse) {
        frames.push(frame);
        return this.reads;
      },
    };
    return { clock, frames, stream, tap: new Tap(request, clock, stream) };
  };
  const event = (bytes = 0) => ({ ...newEvent("PUBLISHED", 0), payload: new Uint8Array(bytes) });

  it("says at once that it is open, then many events to a frame", () => {
    const { clock, frames, tap } = opened();
    for (let each = 0; each < 20; each += 1) tap.add(event());
    assert.deepEqual(frames.map(({ events }) => events.length), [0]); // biome-ignore format: one line
    clock.advance(25);
    assert.deepEqual(frames.map(({ events }) => events.length), [0, 20]); // biome-ignore format: one line
    assert.equal(tap.bytes, 0);
  });

  it("keeps no more than its bytes for one that does not read, drops and counts the rest, and goes on where it reads again", () => {
    const { clock, frames, stream, tap } = opened(false);
    for (let each = 0; each < 1000; each += 1) tap.add(event(100));
    clock.advance(5000);
    assert.equal(frames.length, 1);
    assert.ok(tap.bytes <= 10_000 && tap.dropped === 975, `${tap.bytes} ${tap.dropped}`);
    stream.reads = true;
    tap.drained();
    tap.add(event());
    clock.advance(25);
    assert.deepEqual(
      [frames.at(-2)?.events.length, frames.at(-2)?.dropped, frames.at(-1)?.events.length],
      [25, 975, 1],
    );
  });

  it("counts the texts of a message as well, of which those who attach may send any number of bytes", () => {
    const { clock, frames, tap } = opened();
    const long = "x".repeat(1000);
    const texts = { activity: long, messageId: long, responseTo: long, receivers: [long] };
    for (let each = 0; each < 10; each += 1) tap.add({ ...event(), ...texts });
    assert.deepEqual([tap.bytes, tap.dropped], [8600, 8]);
    clock.advance(25);
    assert.deepEqual([frames.at(-1)?.events.length, tap.bytes], [2, 0]);
  });

  it("leaves no timer behind when it is closed", () => {
    const { clock, frames, tap } = opened();
    tap.add(event());
    tap.close();
    clock.advance(10_000);
    assert.equal(frames.length, 1);
  });

  it("shares what may wait with all other taps, and always has the default", () => {
    const mebibyte = 1024 * 1024;
    const granted: number[] = [];
    for (let count = 0; count < 16; count += 1) {
      const others = granted.reduce((sum, each) => sum + each, 0);
      granted.push(bufferOf(1024 * mebibyte, others));
    }
    assert.deepEqual(
      granted.slice(0, 3).map((bytes) => bytes / mebibyte),
      [64, 32, 16],
    );
    assert.equal(Math.min(...granted), 4 * mebibyte);
    assert.ok(granted.reduce((sum, each) => sum + each, 0) <= (128 + 16 * 4) * mebibyte);
    assert.deepEqual([bufferOf(0, 0), bufferOf(mebibyte, 0)], [4 * mebibyte, mebibyte]);
  });
});
