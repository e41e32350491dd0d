import type { Duplex } from "node:stream";
import { FrameProgress } from "./frame-progress.ts";

/**
 * What `ws` may keep of an unfinished message: its bytes, and the pieces that they come in, each of which takes some 200 bytes
 * beside its content. A fragment for each KiB, and a piece of the network for each 256 bytes: those who mean well send fragments
 * of several KiB, and packets have 536 bytes or more (RFC 9293, section 3.7.1).
 */
export function webSocketBounds(maxMessageBytes: number) {
  return {
    maxPayload: maxMessageBytes,
    maxFragments: 64 + Math.ceil(maxMessageBytes / 1024),
    maxBufferedChunks: 64 + Math.ceil(maxMessageBytes / 256),
  };
}

/** Dependencies of the watch over unfinished messages. */
export interface UnfinishedMessageOptions {
  /** The connection of the WebSocket. */
  readonly socket: Duplex;
  /** How long a message may take from its first to its last byte, in milliseconds. */
  readonly withinMs: number;
  /** Calls `run` once, `delayMs` from now; returns what calls it off. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Whether anything is read of it at the moment. */
  readonly isReading: () => boolean;
  /** Whether what comes is still taken apart. It is thrown away once the client has broken the protocol. */
  readonly isRead?: () => boolean;
  /** A message did not arrive in time. Called once. */
  readonly expired: () => void;
  /** What was read at once had so many frames that end no message, and so many messages ended: each costs time. */
  readonly came?: (extraFrames: number, messages: number) => void;
}

/** Sees to it that each message of a WebSocket arrives in time: what has come of it would else be kept for ever. */
export function limitUnfinishedMessages({
  socket,
  withinMs,
  after,
  isReading,
  isRead = () => true,
  expired,
  came,
}: UnfinishedMessageOptions): void {
  const progress = new FrameProgress();
  let cancel: (() => void) | undefined;
  let completed = 0;
  const stop = () => {
    cancel?.();
    cancel = undefined;
  };
  const start = () => {
    // Nothing is read of it while this end has no room: the time is given again.
    cancel = after(withinMs, () => (isReading() ? expired() : start()));
  };
  socket.on("data", (bytes: Buffer) => {
    if (!isRead()) return stop();
    const { extra } = progress;
    progress.feed(bytes);
    came?.(progress.extra - extra, progress.completed - completed);
    if (!progress.isUnfinished || progress.completed !== completed) stop();
    completed = progress.completed;
    if (progress.isUnfinished && !cancel) start();
  });
  socket.once("close", stop);
}
