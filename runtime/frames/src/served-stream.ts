import {
  type AttachRequest,
  type AttachResponse,
  ExoError,
  newAttachResponse,
  type Registration,
} from "@exosphere/proto";
import type { FairTurns, TurnTaker } from "./fair-turns.ts";
import type { FlushSchedule } from "./flush-schedule.ts";
import type { FrameDuplex } from "./frame-duplex.ts";
import { TooManyParts } from "./frame-parts.ts";
import { FrameWriter, type Urgency } from "./frame-writer.ts";
import { malformedFrame, overfullFrame } from "./malformed-frame.ts";

/** Bytes that may wait for a peer that does not read, where nobody says otherwise: 16 of the largest replies. */
export const defaultMaxUnreadBytes: number = 16 * 1024 * 1024;

/** What serving one attach stream consists of. */
export interface ServedStreamOptions {
  /** Who is at the other end, for people: `instance`, `app`. */
  readonly peer: string;
  readonly schedule?: FlushSchedule | undefined;
  /** Shares the event loop with other streams, where the connection can be made to wait. Absent: each frame is taken as it comes. */
  readonly turns?: FairTurns | undefined;
  /** Whose stream it is, once it is registered. */
  readonly owner?: (() => string) | undefined;
  /**
   * Bytes that may wait for a peer that does not read: confirmations and replies, as deliveries stop earlier. Beyond it the
   * stream ends, as nothing else would make an end.
   */
  readonly maxUnreadBytes?: number | undefined;
  /** Ends the stream with an error, at once. */
  readonly refuse: (error: ExoError) => void;
  /** Takes the peer in. Throws an ExoError to refuse. */
  readonly register: (registration: Registration) => void;
  /** Takes a frame, also the first one after its registration. Throws an ExoError to end the stream with. */
  readonly take: (frame: AttachRequest) => void;
  /** A writer that was full has room again. */
  readonly onWritable: () => void;
  /** The stream has ended. Called once; deliveries from `firstUnwritten` on never left. `why` is for people who read the log. */
  readonly gone: (firstUnwritten: number | undefined, why: string) => void;
}

/** The served end of one attach stream: takes its first frame, bounds what is unread, and ends it in one way or another. */
export class ServedStream implements TurnTaker {
  readonly writer: FrameWriter<AttachResponse>;
  /** For FairTurns. */
  readonly spent: TurnTaker["spent"] = { turn: 0, weight: 0 };
  readonly #options: ServedStreamOptions;
  readonly #duplex: FrameDuplex<AttachRequest, AttachResponse>;
  readonly #turns: FairTurns | undefined;
  #isRegistered = false;
  #isEnded = false;

  constructor(duplex: FrameDuplex<AttachRequest, AttachResponse>, options: ServedStreamOptions) {
    this.#options = options;
    this.#duplex = duplex;
    this.#turns = duplex.hold && options.turns;
    const { schedule, onWritable } = options;
    this.writer = new FrameWriter(duplex, { create: newAttachResponse, ...(schedule ? { schedule } : {}), onWritable });
    duplex.on("data", (frame) => this.#received(frame));
    // The peer will send nothing more.
    duplex.on("end", () => this.end(undefined, `the ${options.peer} ended its stream`));
    duplex.on("error", (error) => this.#break(`the connection broke: ${error.message}`));
    duplex.on("close", () => this.#break("the connection broke"));
  }

  /** Whether it is over for whoever serves it. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /**
   * The frame to add the next `bytes` to. After the end it is one that nobody gets. If too much waits for the peer, the stream ends once
   * what is being added has been.
   */
  frame(bytes: number, urgency?: Urgency): AttachResponse {
    if (this.#isEnded) return newAttachResponse();
    const { peer, maxUnreadBytes = defaultMaxUnreadBytes } = this.#options;
    if (this.writer.unreadBytes > maxUnreadBytes) {
      const detail = `The ${peer} does not read what it is sent: ${maxUnreadBytes} bytes wait for it.`;
      process.nextTick(() => this.end(new ExoError("RATE_LIMITED", detail)));
    }
    return this.writer.frame(bytes, urgency);
  }

  /** The same for routes: they are read before the deliveries of their frame, which were bound under those of before. */
  routesFrame(bytes: number): AttachResponse {
    const frame = this.frame(bytes);
    return frame.deliveries.length === 0 ? frame : this.writer.nextFrame(bytes);
  }

  /**
   * Ends the stream: with an error at once, else in order. What the peer is owed (confirmations, refusals, news of its
   * requests) is then still sent, as soon as it reads; deliveries are not, for it could not settle them any more. `why` is for
   * people who read the log.
   */
  end(error?: ExoError, why = "its stream was ended"): void {
    if (this.#isEnded) return;
    if (error) {
      this.#break(`${error.reason}: ${error.detail}`);
      this.#options.refuse(error);
      return;
    }
    this.#isEnded = true;
    this.#turns?.drop(this);
    const firstUnwritten = withdrawDeliveries(this.writer.unsent());
    this.writer.end();
    this.#options.gone(firstUnwritten, why);
  }

  #received(frame: AttachRequest): void {
    if (this.#isEnded) return;
    try {
      if (frame === overfullFrame) throw malformed(new TooManyParts().message);
      if (frame === malformedFrame) throw malformed("What came is no frame of this protocol.");
      if (frame.registration) this.#register(frame.registration);
      else if (!this.#isRegistered) throw malformed("The first frame of a stream carries the registration.");
      if (frame.publishes.length > 0) checkSequences(frame);
    } catch (error) {
      return this.end(ExoError.from(error));
    }
    if (!this.#turns) this.work(frame);
    else if (!this.#turns.take(this, frame) && !this.#isEnded) this.#duplex.hold?.();
  }

  /** For FairTurns: whose stream it is. */
  get owner(): string {
    return this.#options.owner?.() ?? "";
  }

  /** For FairTurns: takes a frame that was checked, or a slice of one. */
  work(frame: AttachRequest): void {
    if (this.#isEnded) return;
    try {
      this.#options.take(frame);
    } catch (error) {
      this.end(ExoError.from(error));
    }
  }

  /** For FairTurns: the frame that waited is through. */
  through(): void {
    if (!this.#isEnded) this.#duplex.release?.();
  }

  #register(registration: Registration): void {
    if (this.#isRegistered) throw malformed("Only the first frame of a stream carries a registration.");
    this.#isRegistered = true;
    this.#options.register(registration);
  }

  /** Nothing reaches the peer any more, or shall. */
  #break(why: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#turns?.drop(this);
    this.#options.gone(withdrawDeliveries(this.writer.takeUnsent()), why);
  }
}

/** Takes the deliveries out of frames that have not left. Returns the number of the first, if there were any. */
function withdrawDeliveries(frames: readonly AttachResponse[]): number | undefined {
  let first: number | undefined;
  for (const frame of frames) {
    if (frame.deliveries.length > 0) first ??= frame.firstDelivery;
    frame.deliveries = [];
    frame.firstDelivery = 0;
  }
  return first;
}

/**
 * Checks the sequences of a frame's publishes before any of them is taken. Beyond 2^53-1 numbers of JavaScript are no longer exact:
 * confirmations would name the wrong publishes, or could not be encoded at all. Throws INVALID_MESSAGE.
 */
function checkSequences({ firstSequence, publishes }: AttachRequest): void {
  if (firstSequence < 1) throw malformed("Sequences of publishes start at 1.");
  if (firstSequence > Number.MAX_SAFE_INTEGER - (publishes.length - 1))
    throw malformed("Sequences of publishes end at 2^53-1. Attach again, and start at 1.");
}

function malformed(detail: string): ExoError {
  return new ExoError("INVALID_MESSAGE", detail);
}
