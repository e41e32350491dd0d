import type { Readable } from "node:stream";

/** A stream that can be made to wait. */
interface Holdable {
  hold(): void;
  release(): void;
}

/**
 * Makes a stream of objects, as grpc-js has for a call, one that can be held. Pausing alone would leave it to read sixteen more, each
 * as large as a frame may be, for each stream that waits; held, it has asked for one at the most, and HTTP/2 makes the peer wait.
 */
export function holdable<Stream extends Pick<Readable, "pause" | "resume" | "_read">>(
  stream: Stream,
): Stream & Holdable {
  const read = stream._read.bind(stream);
  let isHeld = false;
  /** It wanted to read on meanwhile. */
  let wanted: number | undefined;
  return Object.assign(stream, {
    _read(size: number) {
      if (isHeld) wanted = size;
      else read(size);
    },
    hold() {
      isHeld = true;
      stream.pause();
    },
    release() {
      isHeld = false;
      const size = wanted;
      wanted = undefined;
      if (size !== undefined) read(size);
      stream.resume();
    },
  });
}
