import assert from "node:assert/strict";
import { mock } from "node:test";
import type { FrameDuplex } from "./frame-duplex.ts";
import { FrameWriter, type FrameWriterOptions } from "./frame-writer.ts";

type Frame = string[];

/** A stream that takes `room` frames before it says that its peer is behind. */
class Stream implements FrameDuplex<unknown, Frame> {
  readonly written: Frame[] = [];
  isEnded = false;
  room = Number.POSITIVE_INFINITY;
  #onDrain = () => {};

  write(frame: Frame): boolean {
    assert.ok(!this.isEnded, "nothing is written after the end");
    this.written.push(frame);
    this.room -= 1;
    return this.room > 0;
  }

  end(): void {
    assert.ok(!this.isEnded, "it ends once");
    this.isEnded = true;
  }

  on(event: string, listener: (...args: never[]) => void): void {
    if (event === "drain") this.#onDrain = listener as () => void;
  }

  drain(room = Number.POSITIVE_INFINITY): void {
    this.room = room;
    this.#onDrain();
  }
}

/** A writer whose end of the tick comes when the test says so. */
function harness(options: Partial<FrameWriterOptions<Frame>> = {}) {
  const stream = new Stream();
  const scheduled: (() => void)[] = [];
  const writer = new FrameWriter<Frame>(stream, {
    create: () => [],
    schedule: (flush) => scheduled.push(flush),
    ...options,
  });
  return {
    stream,
    writer,
    scheduled,
    endTick: () => {
      for (const flush of scheduled.splice(0)) flush();
    },
  };
}

describe("FrameWriter", () => {
  it("sends everything of one tick as one frame", () => {
    const { stream, writer, scheduled, endTick } = harness();
    for (const text of ["a", "b", "c"]) writer.frame(10).push(text);
    assert.deepEqual([stream.written, scheduled.length, writer.queuedBytes], [[], 1, 30]);
    endTick();
    assert.deepEqual([stream.written, writer.queuedBytes], [[["a", "b", "c"]], 0]);
    writer.frame(10).push("d");
    endTick();
    assert.deepEqual(stream.written.at(-1), ["d"]);
  });

  it("sends at the end of the tick by default", async () => {
    const stream = new Stream();
    const writer = new FrameWriter<Frame>(stream, { create: () => [] });
    writer.frame(1).push("a");
    writer.frame(1).push("b");
    assert.deepEqual(stream.written, []);
    await Promise.resolve();
    assert.deepEqual(stream.written, [["a", "b"]]);
  });

  it("closes a frame before it grows over its bound, unless one thing alone is larger", () => {
    const { stream, writer, endTick } = harness({ maxFrameBytes: 100 });
    for (const [text, bytes] of [
      ["a", 60],
      ["b", 40],
      ["c", 1],
      ["large", 500],
      ["d", 1],
    ] as const) {
      writer.frame(bytes).push(text);
    }
    endTick();
    assert.deepEqual(stream.written, [["a", "b"], ["c"], ["large"], ["d"]]);
    assert.equal(writer.queuedBytes, 0);
  });

  it("starts a fresh frame when asked, and counts nothing twice", () => {
    const { stream, writer, endTick } = harness();
    writer.frame(10).push("a");
    writer.frame(5);
    writer.nextFrame(5).push("b");
    assert.equal(writer.queuedBytes, 15);
    endTick();
    assert.deepEqual([stream.written, writer.queuedBytes], [[["a"], ["b"]], 0]);
  });

  it("holds back what the peer does not take, and goes on where it stopped", () => {
    const { stream, writer, endTick } = harness({ maxFrameBytes: 1 });
    stream.room = 2;
    for (const text of ["a", "b", "c", "d"]) writer.frame(10).push(text);
    endTick();
    assert.deepEqual([stream.written, writer.queuedBytes], [[["a"], ["b"]], 20]);
    writer.frame(10).push("e");
    endTick();
    assert.equal(stream.written.length, 2);
    stream.drain(1);
    assert.deepEqual([stream.written.at(-1), writer.queuedBytes], [["c"], 20]);
    stream.drain();
    assert.deepEqual([stream.written.flat().join(""), writer.queuedBytes], ["abcde", 0]);
    writer.frame(10).push("f");
    endTick();
    assert.deepEqual(stream.written.at(-1), ["f"]);
  });

  it("says when it is full, and when it no longer is to those who asked", () => {
    let writable = 0;
    const { stream, writer, endTick } = harness({ maxQueuedBytes: 100, onWritable: () => writable++ });
    stream.room = 1;
    writer.frame(10).push("a");
    endTick();
    writer.frame(100).push("b");
    stream.drain();
    assert.equal(writable, 0, "nobody asked");
    stream.room = 1;
    writer.frame(10).push("c");
    endTick();
    writer.frame(99).push("d");
    assert.equal(writer.isWritable, true);
    writer.frame(1).push("e");
    assert.equal(writer.isWritable, false);
    stream.drain();
    assert.deepEqual([writer.isWritable, writable], [true, 1]);
  });

  it("is not written to by those it wakes while somebody else is adding", () => {
    const order: string[] = [];
    const { stream, writer, endTick } = harness({
      maxFrameBytes: 50,
      maxQueuedBytes: 100,
      onWritable: () => {
        order.push("woken");
        writer.frame(10).push("second");
      },
    });
    writer.frame(100).push("large");
    assert.equal(writer.isWritable, false);
    const frame = writer.frame(10);
    order.push("first");
    frame.push("first");
    endTick();
    endTick();
    assert.deepEqual(order, ["first", "woken"]);
    assert.deepEqual(stream.written.flat(), ["large", "first", "second"]);
  });

  describe("what is in no hurry", () => {
    it("leaves with the next thing that is", () => {
      const { stream, writer, scheduled, endTick } = harness();
      writer.frame(10, "unhurried").push("a");
      assert.equal(scheduled.length, 0);
      writer.frame(10).push("b");
      endTick();
      assert.deepEqual(stream.written, [["a", "b"]]);
    });

    it("leaves by itself all the same", async () => {
      const left = Promise.withResolvers<void>();
      const stream = new Stream();
      const writer = new FrameWriter<Frame>(stream, { create: () => [], onWritable: left.resolve, maxQueuedBytes: 10 });
      writer.frame(10, "unhurried").push("a");
      assert.equal(writer.isWritable, false);
      await left.promise;
      assert.deepEqual(stream.written, [["a"]]);
    });

    it("does not leave by itself while others leave, and does once they no longer do", () => {
      mock.timers.enable({ apis: ["setTimeout"] });
      try {
        const { stream, writer, endTick } = harness();
        writer.frame(10, "unhurried").push("a");
        for (let each = 0; each < 3; each += 1) {
          writer.frame(10).push("hurried");
          endTick();
          writer.frame(10, "unhurried").push("b");
          mock.timers.tick(10);
        }
        const [first, second, third, ...more] = stream.written;
        assert.deepEqual(
          [first, second, third],
          [
            ["a", "hurried"],
            ["b", "hurried"],
            ["b", "hurried"],
          ],
        );
        assert.deepEqual(more, []);
        mock.timers.tick(10);
        assert.deepEqual(stream.written.slice(3), [["b"]]);
      } finally {
        mock.timers.reset();
      }
    });

    it("leaves by itself also if it did not fit into the frame before", async () => {
      const left = Promise.withResolvers<void>();
      const stream = new Stream();
      const options = { create: () => [], maxFrameBytes: 10, maxQueuedBytes: 10, onWritable: left.resolve };
      const writer = new FrameWriter<Frame>(stream, options);
      writer.frame(10, "unhurried").push("a");
      writer.frame(10, "unhurried").push("b");
      assert.deepEqual(stream.written, [["a"]]);
      assert.equal(writer.isWritable, false);
      await left.promise;
      assert.deepEqual(stream.written, [["a"], ["b"]]);
    });
  });

  it("leaves nothing to a timer where the schedule is prompt", () => {
    const scheduled: (() => void)[] = [];
    const schedule = Object.assign((flush: () => void) => void scheduled.push(flush), { isPrompt: true });
    const { stream, writer } = harness({ schedule });
    writer.frame(10, "unhurried").push("a");
    scheduled.shift()?.();
    assert.deepEqual(stream.written, [["a"]]);
  });

  describe("at its end", () => {
    it("sends what was gathered before it ends the stream, and ends it once", () => {
      const { stream, writer, endTick } = harness();
      writer.frame(10).push("a");
      writer.end();
      writer.end();
      assert.deepEqual([stream.written, stream.isEnded], [[["a"]], true]);
      endTick();
      stream.drain();
    });

    it("waits with the end until the peer has taken the rest", () => {
      const { stream, writer } = harness({ maxFrameBytes: 1 });
      stream.room = 1;
      for (const text of ["a", "b", "c"]) writer.frame(10).push(text);
      writer.end();
      assert.deepEqual([stream.written.length, stream.isEnded], [1, false]);
      stream.drain(1);
      assert.deepEqual([stream.written.length, stream.isEnded], [2, false]);
      stream.drain();
      assert.deepEqual([stream.written.length, stream.isEnded], [3, true]);
    });

    it("hands out what was never sent, oldest first, and sends nothing more", () => {
      const { stream, writer, endTick } = harness({ maxFrameBytes: 1 });
      stream.room = 1;
      for (const text of ["a", "b", "c"]) writer.frame(10).push(text);
      endTick();
      writer.frame(10).push("d");
      assert.deepEqual(writer.takeUnsent(), [["b"], ["c"], ["d"]]);
      assert.equal(writer.queuedBytes, 0);
      writer.frame(10).push("e");
      endTick();
      stream.drain();
      assert.deepEqual(stream.written, [["a"]]);
      assert.deepEqual(writer.takeUnsent(), [["e"]]);
    });
  });
});
