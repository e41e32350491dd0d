// envelope.ts: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.

import type { Buffer } from "node:buffer";
import type { Envelope } from "@exosphere/proto";
import { isAscii, roomFor, textIn, viewOf, writeChunk } from "../envelope-chunks.ts";

/** What two apps say to each other. All but the trace may be given as bytes, or as text that is then written only once. */
export interface EnvelopeFields {
  readonly id: Uint8Array | string;
  readonly responseTo: Uint8Array | string;
  readonly auth: Uint8Array | string;
  readonly payload: Uint8Array | string;
  readonly traceparent: string;
  readonly tracestate: string;
}

/** How many bytes an envelope takes at most. */
export function roomOfEnvelope(fields: EnvelopeFields): number {
  return (
    roomFor(fields.id) +
    roomFor(fields.responseTo) +
    roomFor(fields.auth) +
    roomFor(fields.payload) +
    roomFor(fields.traceparent) +
    roomFor(fields.tracestate)
  );
}

/** Writes an envelope. Returns where it ended. */
export function writeEnvelope(fields: EnvelopeFields, bytes: Buffer, start: number): number {
  let at = start;
  at = writeChunk(bytes, at, 10, fields.id);
  at = writeChunk(bytes, at, 18, fields.responseTo);
  at = writeChunk(bytes, at, 26, fields.auth);
  at = writeChunk(bytes, at, 34, fields.payload);
  at = writeChunk(bytes, at, 42, fields.traceparent);
  at = writeChunk(bytes, at, 50, fields.tracestate);
  return at;
}

/**
 * An envelope of which only the places are known: what is asked for is read. A view of some bytes costs as much as the text
 * that is made of them, and most envelopes have neither auth nor trace.
 */
export class EnvelopePlaces {
  protected readonly bytes: Buffer;
  protected idAt = 0;
  protected idEnd = 0;
  protected responseToAt = 0;
  protected responseToEnd = 0;
  protected authAt = 0;
  protected authEnd = 0;
  protected payloadAt = 0;
  protected payloadEnd = 0;
  protected traceparentAt = 0;
  protected traceparentEnd = 0;
  protected tracestateAt = 0;
  protected tracestateEnd = 0;

  protected constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** As text; empty if it is absent. */
  get id(): string {
    return textIn(this.bytes, this.idAt, this.idEnd);
  }

  /** As text; empty if it is absent. */
  get responseTo(): string {
    return textIn(this.bytes, this.responseToAt, this.responseToEnd);
  }

  /** As text; empty if it is absent. */
  get auth(): string {
    return textIn(this.bytes, this.authAt, this.authEnd);
  }

  /** As text; empty if it is absent. */
  get payload(): string {
    return textIn(this.bytes, this.payloadAt, this.payloadEnd);
  }

  get traceparent(): string {
    return textIn(this.bytes, this.traceparentAt, this.traceparentEnd);
  }

  get tracestate(): string {
    return textIn(this.bytes, this.tracestateAt, this.tracestateEnd);
  }

  /** All of it. Its bytes are views. */
  get envelope(): Envelope {
    return {
      id: viewOf(this.bytes, this.idAt, this.idEnd),
      responseTo: viewOf(this.bytes, this.responseToAt, this.responseToEnd),
      auth: viewOf(this.bytes, this.authAt, this.authEnd),
      payload: viewOf(this.bytes, this.payloadAt, this.payloadEnd),
      traceparent: textIn(this.bytes, this.traceparentAt, this.traceparentEnd),
      tracestate: textIn(this.bytes, this.tracestateAt, this.tracestateEnd),
    };
  }

  /**
   * Finds the places in bytes. False if they are anything else than known fields that are complete, with texts in ASCII: they may be
   * an envelope nevertheless, or none.
   */
  protected find(bytes: Buffer): boolean {
    const end = bytes.length;
    let isPlain = true;
    let at = 0;
    while (at < end) {
      const tag = bytes[at++] as number;
      let length = 0;
      let byte = 0x80;
      for (let shift = 0; byte >= 0x80; shift += 7) {
        if (at >= end || shift > 21) return false;
        byte = bytes[at++] as number;
        length |= (byte & 0x7f) << shift;
      }
      const start = at;
      at += length;
      if (at > end) return false;
      if (tag === 10) {
        this.idAt = start;
        this.idEnd = at;
      } else if (tag === 18) {
        this.responseToAt = start;
        this.responseToEnd = at;
      } else if (tag === 26) {
        this.authAt = start;
        this.authEnd = at;
      } else if (tag === 34) {
        this.payloadAt = start;
        this.payloadEnd = at;
      } else if (tag === 42) {
        this.traceparentAt = start;
        this.traceparentEnd = at;
        isPlain &&= isAscii(bytes, start, at);
      } else if (tag === 50) {
        this.tracestateAt = start;
        this.tracestateEnd = at;
        isPlain &&= isAscii(bytes, start, at);
      } else return false;
    }
    return isPlain;
  }
}
