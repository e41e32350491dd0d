/**
 * Both directions of an attach stream, as grpc-js gives them on either side and as `memoryDuplexPair` makes them: what is
 * left of a Node duplex stream in object mode once only frames are of interest.
 */
export interface FrameDuplex<In, Out> {
  /** Sends a frame. False: the peer or the network is behind; wait for `drain` before sending more. */
  write(frame: Out): boolean;
  /** The size in bytes at which a frame had best leave, if not that of FrameWriter. */
  readonly frameBytes?: number;
  /** Has no more frames come until `release`: the peer has to wait, and few wait here. Absent: they come as they are sent. */
  hold?(): void;
  /** See `hold`. */
  release?(): void;
  /** No more frames will be written. */
  end(): void;
  on(event: "data", listener: (frame: In) => void): unknown;
  on(event: "drain" | "end" | "close", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}
