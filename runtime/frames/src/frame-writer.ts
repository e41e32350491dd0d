import type { FlushSchedule } from "./flush-schedule.ts";
import type { FrameDuplex } from "./frame-duplex.ts";
import { frameBytes, queuedBytes } from "./frame-limits.ts";
import { turnSchedule } from "./turn-schedule.ts";

/**
 * What is in no hurry leaves by itself once nothing has left for so long, in milliseconds. Longer than a request takes under load,
 * so that it rides with the next one. Such a frame wakes its receiver up for nothing: with one request at a time through
 * two sidecars, a timer of 4 ms that did not look at what had left meanwhile sent one for every second or third of them.
 */
const unhurriedMs = 10;

/**
 * When what is added leaves. `hurried`: at the end of the tick. `unhurried`, for what nobody waits for: with the next thing that is in a
 * hurry, or after 10 to 20 ms. Half of all frames would carry nothing else, and a frame costs as much as some fifty small messages.
 */
export type Urgency = "hurried" | "unhurried";

/** How a writer gathers and what it holds. */
export interface FrameWriterOptions<Frame> {
  /** Makes an empty frame. */
  readonly create: () => Frame;
  /** A frame is closed once it holds this much. */
  readonly maxFrameBytes?: number;
  /** Says that it is full once this much waits for the peer. */
  readonly maxQueuedBytes?: number;
  readonly schedule?: FlushSchedule;
  /** Is called when a writer that was full has room again. */
  readonly onWritable?: () => void;
}

/**
 * Gathers everything that one tick wants to send into as few frames as possible, and holds back what the peer does not
 * take. It never drops: those who add look at `isWritable` before they add what can wait.
 */
export class FrameWriter<Frame> {
  readonly #duplex: FrameDuplex<unknown, Frame>;
  readonly #create: () => Frame;
  readonly #maxFrameBytes: number;
  readonly #maxQueuedBytes: number;
  readonly #schedule: FlushSchedule;
  readonly #onWritable: (() => void) | undefined;
  readonly #flush = () => {
    this.#isScheduled = false;
    this.#sendGathered();
  };
  readonly #flushUnhurried = () => {
    this.#unhurried = undefined;
    // What is gathered by now has come since the last frame left, and the next one is likely to be near.
    if (this.#hasSent && this.#open !== undefined) this.#awaitHurried();
    else this.#sendGathered();
  };
  /** Closed frames, with their sizes, that wait for the peer. */
  #closed: { frame: Frame; bytes: number }[] = [];
  #open: Frame | undefined;
  #openBytes = 0;
  #queued = 0;
  #isScheduled = false;
  #unhurried: NodeJS.Timeout | undefined;
  /** A frame has left since the timer of what is in no hurry was set. */
  #hasSent = false;
  #isBlocked = false;
  #wasFull = false;
  /** No more will be added. */
  #isEnded = false;
  /** The stream was told so. */
  #hasEnded = false;
  /** The stream broke: nothing is sent any more. */
  #isTaken = false;

  constructor(duplex: FrameDuplex<unknown, Frame>, options: FrameWriterOptions<Frame>) {
    this.#duplex = duplex;
    this.#create = options.create;
    this.#maxFrameBytes = options.maxFrameBytes ?? duplex.frameBytes ?? frameBytes;
    this.#maxQueuedBytes = options.maxQueuedBytes ?? queuedBytes;
    this.#schedule = options.schedule ?? turnSchedule();
    this.#onWritable = options.onWritable;
    duplex.on("drain", () => this.#drained());
  }

  /** Bytes that wait for the peer or for the end of the tick. */
  get queuedBytes(): number {
    return this.#queued;
  }

  /** The same while the peer does not take what it is given; 0 while it does, as all of it leaves with the tick then. */
  get unreadBytes(): number {
    return this.#isBlocked ? this.#queued : 0;
  }

  /** Whether there is room for what can wait. */
  get isWritable(): boolean {
    if (this.#queued < this.#maxQueuedBytes) return true;
    this.#wasFull = true;
    return false;
  }

  /** The frame to add the next `bytes` to. It leaves when the most urgent of what was added to it does. */
  frame(bytes: number, urgency: Urgency = "hurried"): Frame {
    // A full frame leaves at once: its receiver works on it while the next is being filled. Who waits for room hears of it
    // with the flush that is to come: they would add their things before what is being added here.
    if (this.#open !== undefined && this.#openBytes + bytes > this.#maxFrameBytes) this.#send();
    if (!this.#isScheduled && !this.#isBlocked) {
      if (urgency === "hurried" || this.#schedule.isPrompt) {
        this.#isScheduled = true;
        this.#schedule(this.#flush);
      } else if (this.#unhurried === undefined) this.#awaitHurried();
    }
    this.#openBytes += bytes;
    this.#queued += bytes;
    this.#open ??= this.#create();
    return this.#open;
  }

  /** The same, but a fresh frame: for what cannot stand in one frame with what was added before. */
  nextFrame(bytes: number): Frame {
    // What `frame` has counted for the current one is counted anew for the next.
    this.#openBytes -= bytes;
    this.#queued -= bytes;
    this.#close();
    return this.frame(bytes);
  }

  /** Sends what has been gathered, then says that no more will come. What the peer does not take by then is still sent. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#unhurried);
    this.#sendGathered();
    this.#endStream();
  }

  /** Frames that are not given to the stream yet, oldest first, so that something can be taken out of them. */
  unsent(): Frame[] {
    this.#close();
    return this.#closed.map(({ frame }) => frame);
  }

  /** Frames that were never given to the stream, oldest first. For after it broke: nothing is sent any more. */
  takeUnsent(): Frame[] {
    this.#isTaken = true;
    this.#isBlocked = true;
    clearTimeout(this.#unhurried);
    const frames = this.unsent();
    this.#closed = [];
    this.#queued = 0;
    this.#endStream();
    return frames;
  }

  /** One timer for all that is in no hurry: it is not called off when that leaves earlier, so that a frame costs none. */
  #awaitHurried(): void {
    this.#hasSent = false;
    this.#unhurried = setTimeout(this.#flushUnhurried, unhurriedMs);
  }

  #close(): void {
    if (this.#open === undefined) return;
    this.#closed.push({ frame: this.#open, bytes: this.#openBytes });
    this.#open = undefined;
    this.#openBytes = 0;
  }

  #sendGathered(): void {
    this.#send();
    if (this.#wasFull && this.#queued < this.#maxQueuedBytes) {
      this.#wasFull = false;
      this.#onWritable?.();
    }
  }

  #send(): void {
    this.#close();
    let sent = 0;
    this.#hasSent ||= this.#closed.length > 0;
    while (sent < this.#closed.length && !this.#isBlocked) {
      const { frame, bytes } = this.#closed[sent] as { frame: Frame; bytes: number };
      sent += 1;
      this.#queued -= bytes;
      this.#isBlocked = !this.#duplex.write(frame);
    }
    if (sent === this.#closed.length) this.#closed.length = 0;
    else this.#closed.splice(0, sent);
  }

  #drained(): void {
    if (this.#isTaken) return;
    this.#isBlocked = false;
    this.#sendGathered();
    this.#endStream();
  }

  /** Once, when it is to end and nothing is left to send. */
  #endStream(): void {
    if (!this.#isEnded || this.#hasEnded || this.#closed.length > 0) return;
    this.#hasEnded = true;
    this.#duplex.end();
  }
}
