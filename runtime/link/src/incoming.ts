import { Buffer } from "node:buffer";
import {
  EnvelopeReader,
  encodeEnvelope,
  handlerNumber,
  isAsciiText,
  type MessageSpan,
  type TraceContext,
} from "@exosphere/frames";
import type { Delivery, Envelope } from "@exosphere/proto";
import { AskingHandler, type HandlerSlots } from "./asking-handler.ts";
import { systemClock } from "./clock.ts";
import type { ReturnPath } from "./outgoing.ts";

/** Numbers of deliveries on one stream: an `Incoming.number` has the attachment's ordinal above them. */
const numbersOfStream = 2 ** 32;

/** A message for this instance. Unless it is a reply, it must be settled. */
export class Incoming {
  /** The role's own name for the message. */
  readonly name: string;
  /** Number of the delivery, unlike that of any other of the link: see `linkNumber`. */
  readonly number: number;
  /** When it came, in milliseconds of the clock. */
  readonly cameMs: number;
  /** Until when it is of use, in milliseconds of the clock. Infinity: for ever. */
  readonly dueMs: number;
  /** The attachment that it came by: it is settled there, or not at all. */
  readonly connection: object;
  /** What it weighs on the stream, in bytes. */
  readonly bytes: number;
  /** 1, 2, … */
  readonly attempt: number;
  /** How many attempts have failed before. Attempts that no app took are not among them. */
  readonly failures: number;
  /** When the broker accepted it: whole seconds since 1970. */
  readonly timestampSeconds: number;
  /** The fraction of that second, in nanoseconds. */
  readonly timestampNanos: number;
  /** Whole nanoseconds since the previous message of the activity, 0 for the first. */
  readonly responseTimeNs: number;
  readonly isSecurity: boolean;
  /** Not 0: the own request that it answers. */
  readonly request: number;
  /** Whether its sender takes any number of replies. */
  readonly isMany: boolean;
  /** A reply that is not the last: it is settled once it is dealt with, so that no more come than can be. */
  readonly isMore: boolean;
  /** The span of its handling, if that is `traced`. */
  readonly span: MessageSpan | undefined;
  readonly #delivery: Delivery;
  #activityId: string | undefined;
  #id: string | undefined;
  /** Id of the request that it probably replies to. */
  #asked = "";
  #reader: EnvelopeReader | undefined;
  #envelope: Envelope | undefined;
  #handler: AskingHandler | undefined;
  #isSettled = false;

  constructor(fields: {
    name: string;
    number: number;
    delivery: Delivery;
    connection: object;
    /** When it came, in milliseconds of the clock. */
    nowMs?: number;
  }) {
    this.name = fields.name;
    this.number = fields.number;
    this.connection = fields.connection;
    this.cameMs = fields.nowMs ?? systemClock.nowMs();
    const { delivery } = fields;
    const { lifetimeMs } = delivery;
    this.dueMs = lifetimeMs === 0 ? Number.POSITIVE_INFINITY : this.cameMs + lifetimeMs;
    this.bytes = delivery.envelope.byteLength;
    this.attempt = delivery.attempt;
    this.failures = delivery.failures;
    this.timestampSeconds = delivery.timestampSeconds;
    this.timestampNanos = delivery.timestampNanos;
    this.responseTimeNs = delivery.responseTimeNs;
    this.isSecurity = delivery.isSecurity;
    this.request = delivery.request;
    this.isMany = delivery.many;
    this.isMore = delivery.more;
    this.#delivery = delivery;
  }

  /** As it came, with its envelope still encoded: for who passes it on. */
  get delivery(): Delivery {
    return this.span ? { ...this.#delivery, envelope: encodeEnvelope(this.envelope) } : this.#delivery;
  }

  /** Its handling is traced: whoever handles it finds that span in the envelope, not that of the sender. */
  traced(span: MessageSpan): void {
    this.#envelope = { ...this.envelope, ...span.context };
    // Readonly for everybody else.
    Object.assign(this, { span });
  }

  /** The activity that it belongs to. */
  get activityId(): string {
    this.#activityId ??= textOf(this.#delivery.activityId);
    return this.#activityId;
  }

  /** Whether it belongs to the activity of a request, which it was sent as a reply to. */
  isReplyTo({ id, activityId }: { readonly id: string; readonly activityId: string }): boolean {
    this.#asked = id;
    const { activityId: bytes } = this.#delivery;
    if (this.#activityId === undefined && isAsciiText(bytes, 0, bytes.length, activityId))
      this.#activityId = activityId;
    return this.activityId === activityId;
  }

  /** Its id. */
  get id(): string {
    this.#id ??= this.said.id;
    return this.#id;
  }

  /** Id of the message that it replies to, or empty. */
  get responseTo(): string {
    return this.said.isReplyTo(this.#asked) ? this.#asked : this.said.responseTo;
  }

  /** JSON text, or empty. */
  get payload(): string {
    return this.said.payload;
  }

  /** JSON text, or empty. */
  get auth(): string {
    return this.said.auth;
  }

  /** The same as bytes. */
  get authBytes(): Uint8Array {
    return this.said.authBytes;
  }

  /** Where it stands in a trace. */
  get context(): TraceContext {
    return this.span?.context ?? this.said;
  }

  /** What the sender's app said. */
  get envelope(): Envelope {
    this.#envelope ??= this.said.envelope;
    return this.#envelope;
  }

  /** What the sender's app said: each field as text or number, made when it is asked for. Its place in a trace is the sender's. */
  get said(): EnvelopeReader {
    this.#reader ??= EnvelopeReader.of(this.#delivery.envelope);
    return this.#reader;
  }

  /** Where a reply to it goes. Undefined if its sender does not wait for one. */
  get returnPath(): ReturnPath | undefined {
    const { requester, replyRequest } = this.#delivery;
    return replyRequest === 0 ? undefined : { requester, replyRequest };
  }

  /** Its handler, as it asks others. Undefined once it is settled: nothing waits for its handler then. */
  asking(role: string, slots: HandlerSlots): AskingHandler | undefined {
    if (this.#isSettled) return undefined;
    if (!this.#handler) {
      const number = handlerNumber(role, this.activityId, this.id);
      this.#handler = new AskingHandler([...this.#delivery.awaiting, number], slots);
    }
    return this.#handler;
  }

  /** It is settled. */
  settled(): void {
    this.#isSettled = true;
    this.#handler?.delivered();
  }
}

/** Bytes as UTF-8 text. What gRPC hands in is a Buffer already, and a second view of it costs as much as the text. */
export function textOf(bytes: Uint8Array): string {
  return (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).toString();
}

/** The number of a delivery among all of a link. */
export function linkNumber(ordinal: number, onStream: number): number {
  return ordinal * numbersOfStream + onStream;
}

/** The number of a delivery on its stream: the lower 32 bits. */
export function streamNumber(number: number): number {
  return number >>> 0;
}
