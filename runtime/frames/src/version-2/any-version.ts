import { type AttachRequest, type AttachResponse, newAttachRequest } from "@exosphere/proto";
import type { FrameDuplex } from "../frame-duplex.ts";
import { malformedFrame, overfullFrame } from "../malformed-frame.ts";
import type { Version2Peers } from "./version-2-peers.ts";
import { translatedVersion, Version2Stream } from "./version-2-stream.ts";

/** The served end of an attach stream. */
type Served = FrameDuplex<AttachRequest, AttachResponse>;

/**
 * The served end of an attach stream in the terms of version 3, whichever of both versions its peer speaks. The only place that knows
 * of version 2: to be deleted, with its folder, when that is no longer served.
 */
export function anyVersion(duplex: Served, peers: Version2Peers): Served {
  return new AnyVersionDuplex(duplex, peers);
}

class AnyVersionDuplex implements Served {
  readonly frameBytes?: number;
  readonly hold?: () => void;
  readonly release?: () => void;
  readonly #duplex: Served;
  readonly #peers: Version2Peers;
  /** Set once its peer has registered by version 2. */
  #stream: Version2Stream | undefined;
  #take: (frame: AttachRequest) => void = () => {};

  constructor(duplex: Served, peers: Version2Peers) {
    this.#duplex = duplex;
    this.#peers = peers;
    if (duplex.frameBytes !== undefined) this.frameBytes = duplex.frameBytes;
    if (duplex.hold) this.hold = () => duplex.hold?.();
    if (duplex.release) this.release = () => duplex.release?.();
  }

  write(frame: AttachResponse): boolean {
    if (!this.#stream) return this.#duplex.write(frame);
    this.#stream.sent(frame);
    const isReady = this.#duplex.write(frame);
    this.#giveCredit(this.#stream);
    return isReady;
  }

  end(): void {
    this.#duplex.end();
  }

  on(event: "data", listener: (frame: AttachRequest) => void): unknown;
  on(event: "drain" | "end" | "close", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(...[event, listener]: Listening): unknown {
    if (event === "data") {
      this.#take = listener;
      return this.#duplex.on("data", (frame) => this.#received(frame));
    }
    return event === "error" ? this.#duplex.on(event, listener) : this.#duplex.on(event, listener);
  }

  #received(frame: AttachRequest): void {
    if (frame.registration?.protocolVersion === translatedVersion)
      this.#stream ??= new Version2Stream(frame.registration, this.#peers);
    // Some frames stand for what could not be read.
    if (!this.#stream || frame === malformedFrame || frame === overfullFrame) return this.#take(frame);
    this.#stream.received(frame);
    this.#take(frame);
    this.#giveCredit(this.#stream);
  }

  /** Other handlers wait than before. */
  #giveCredit(stream: Version2Stream): void {
    const credit = stream.creditChange();
    if (credit) this.#take(newAttachRequest({ credit }));
  }
}

/** An event, and what listens to it. */
type Listening =
  | [event: "data", listener: (frame: AttachRequest) => void]
  | [event: "drain" | "end" | "close", listener: () => void]
  | [event: "error", listener: (error: Error) => void];
