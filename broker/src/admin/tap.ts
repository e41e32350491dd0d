import type { TapEvent, TapRequest, TapResponse } from "@exosphere/proto";
import type { Clock } from "../core/clock.ts";
import { ActivitySample } from "./activity-sample.ts";
import { TapFilter } from "./tap-filter.ts";

/** Bytes of the events that wait for a tap, where it does not say: a second of 10,000 events a second. */
const defaultBufferBytes = 4 * 1024 * 1024;
/** Buffer bytes of all taps together beyond the default: a tap that asks for more gets up to half of what is left. */
const sharedBufferBytes = 128 * 1024 * 1024;

/** What a tap may have waiting, in bytes, of what it asks for (0: the default), where all others together may have `granted`. */
export function bufferOf(askedBytes: number, granted: number): number {
  const most = Math.max(defaultBufferBytes, Math.floor((sharedBufferBytes - granted) / 2));
  return Math.min(askedBytes || defaultBufferBytes, most);
}
/** Bytes of a payload after which it is cut, where the tap does not say: enough to see what it is about. */
const defaultPayloadBytes = 4096;
/** Events of a frame: more would keep the broker from the bus for longer than a millisecond. */
const maxFrameEvents = 256;
/** Bytes of a frame, far below what any client takes. */
const maxFrameBytes = 512 * 1024;
/** How long events are collected for a frame, in milliseconds: nobody reads faster. */
const collectMs = 25;
/** What an event costs beside its texts and its payload, in bytes: an object of two dozen members. */
const eventOverheadBytes = 300;

/** The way to whoever reads a tap. */
export interface TapStream {
  /** False: it takes no more for now. The frame was taken still. */
  write(response: TapResponse): boolean;
}

/** One open tap: what waits to be read of it, in bounds. */
export class Tap {
  readonly filter: TapFilter;
  readonly withPayload: boolean;
  readonly maxPayloadBytes: number;
  /** Events that it could not take. */
  dropped = 0;
  readonly #sample: ActivitySample;
  readonly #clock: Clock;
  readonly #stream: TapStream;
  /** Bytes that may wait. */
  readonly maxBytes: number;
  #events: TapEvent[] = [];
  #bytes = 0;
  #isPaused = false;
  #isClosed = false;
  #cancelFlush: (() => void) | undefined;
  #cancelSecond: () => void;
  #told = "";

  /** `granted`: bytes that may wait for all other taps together. */
  constructor(request: TapRequest, clock: Clock, stream: TapStream, granted = 0) {
    this.filter = new TapFilter(request);
    this.withPayload = request.withPayload;
    this.maxPayloadBytes = request.maxPayloadBytes || defaultPayloadBytes;
    this.maxBytes = bufferOf(request.bufferBytes, granted);
    this.#sample = new ActivitySample(request.maxEventsPerSecond);
    this.#clock = clock;
    this.#stream = stream;
    this.#cancelSecond = this.#awaitSecond();
    // Whoever reads knows by it that the tap is open.
    this.#send([]);
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether an event is wanted, as far as there may be too many. */
  takes(activityHash: number, isFailure: boolean): boolean {
    return isFailure ? this.#sample.takesFailure(activityHash) : this.#sample.takes(activityHash);
  }

  /** Takes an event, or drops and counts it. */
  add(event: TapEvent): void {
    const bytes = bytesOf(event);
    if (this.#bytes + bytes > this.maxBytes) {
      this.dropped += 1;
      return;
    }
    this.#events.push(event);
    this.#bytes += bytes;
    if (this.#isPaused) return;
    this.#cancelFlush ??= this.#clock.after(collectMs, () => {
      this.#cancelFlush = undefined;
      this.#flush();
    });
  }

  /** The stream takes more again. */
  drained(): void {
    this.#isPaused = false;
    this.#flush();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelFlush?.();
    this.#cancelSecond();
    this.#events = [];
    this.#bytes = 0;
  }

  #awaitSecond(): () => void {
    return this.#clock.after(1000, () => {
      this.#sample.nextSecond();
      const state = `${this.dropped} ${this.#sample.skipped} ${this.#sample.share}`;
      if (state !== this.#told && !this.#isPaused) this.#send([]);
      this.#told = state;
      this.#cancelSecond = this.#awaitSecond();
    });
  }

  #flush(): void {
    let from = 0;
    while (from < this.#events.length && !this.#isPaused && !this.#isClosed) {
      let [to, bytes] = [from, 0];
      while (to < this.#events.length && to - from < maxFrameEvents && bytes < maxFrameBytes) {
        bytes += bytesOf(this.#events[to] as TapEvent);
        to += 1;
      }
      this.#bytes -= bytes;
      this.#send(this.#events.slice(from, to));
      from = to;
    }
    this.#events = from === this.#events.length ? [] : this.#events.slice(from);
  }

  #send(events: TapEvent[]): void {
    const { skipped, share } = this.#sample;
    this.#isPaused = !this.#stream.write({ events, dropped: this.dropped, skipped, share });
  }
}

function bytesOf(event: TapEvent): number {
  const { payload, auth, detail, activity, messageId, responseTo, receivers } = event;
  let bytes = eventOverheadBytes + payload.byteLength + auth.byteLength;
  bytes += detail.length + activity.length + messageId.length + responseTo.length;
  for (const receiver of receivers) bytes += receiver.length;
  return bytes;
}
