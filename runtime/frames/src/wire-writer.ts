import type { Confirmation, Delivery, Publish } from "@exosphere/proto";
import { varintSize, writeVarint } from "./varint.ts";
import { chunkSize, numberSize } from "./wire-sizes.ts";

/** What a message of those below takes beside its bytes: fifteen tags and numbers. Never more. */
const mostOverheadBytes = 128;

/** A tag and a number of 53 bits. */
const mostSequenceBytes = 9;

const fraction = new Float64Array(1);
const fractionBytes = new Uint8Array(fraction.buffer);

/** Writes the hot messages of a frame into a buffer that is large enough for all of them. See hot-messages.ts. */
export class WireWriter {
  readonly #bytes: Uint8Array;
  /** Where the next byte goes. */
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** How many bytes some messages take at the most. */
  static roomFor(messages: readonly (Publish | Delivery)[]): number {
    let room = 0;
    for (const { activityId, envelope } of messages) room += activityId.length + envelope.length + mostOverheadBytes;
    return room;
  }

  /** How many bytes so many numbers take in a row at the most, with a tag and their length, and a sequence beside them. */
  static roomForNumbers(count: number): number {
    return (count + 1) * 5 + mostSequenceBytes + 1;
  }

  /** How many bytes so many confirmations take at the most, and a sequence beside them. */
  static roomForConfirmations(count: number): number {
    return (2 * count + 1) * mostSequenceBytes + 2 * count;
  }

  /** Numbers of up to 32 bits, in a row. */
  numbers(tag: number, numbers: readonly number[]): void {
    if (numbers.length === 0) return;
    let size = 0;
    for (const number of numbers) size += varintSize(number);
    this.#begin(tag, size);
    for (const number of numbers) this.#varint(number);
  }

  /** A number of up to 53 bits. Throws if it is none, as the generated code does. */
  sequence(tag: number, value: number): void {
    if (value === 0) return;
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`A sequence cannot be ${value}.`);
    this.#bytes[this.at++] = tag;
    let rest = value;
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 0x80)) this.#bytes[this.at++] = (rest % 0x80) | 0x80;
    this.#varint(rest);
  }

  /** `AttachResponse.confirmations`, one of them. */
  confirmation({ first, last }: Confirmation): void {
    this.#bytes[this.at++] = 0x1a;
    const lengthAt = this.at++;
    this.sequence(8, first);
    this.sequence(16, last);
    // Of one byte, as two sequences have no more than 18.
    this.#bytes[lengthAt] = this.at - lengthAt - 1;
  }

  /** `AttachRequest.publishes`, one of them. */
  publish(publish: Publish): void {
    const { activityId, envelope } = publish;
    this.#begin(0x3a, this.#sizeOfPublish(publish));
    this.#number(8, publish.name);
    this.#chunk(18, activityId);
    this.#number(24, publish.deadlineMs);
    this.#number(32, publish.request);
    this.#number(40, publish.cause);
    this.#number(48, publish.replyInstance);
    this.#number(56, publish.replyRequest);
    this.#chunk(66, envelope);
    this.#flag(72, publish.replyGuessed);
    this.#flag(80, publish.many);
    this.#flag(88, publish.more);
  }

  /** `AttachResponse.deliveries`, one of them. */
  delivery(delivery: Delivery): void {
    this.#begin(0x32, this.#sizeOfDelivery(delivery));
    this.#number(8, delivery.name);
    this.#chunk(18, delivery.activityId);
    this.#number(24, delivery.deadlineMs);
    this.#number(32, delivery.attempt);
    this.#number(40, delivery.replyInstance);
    this.#number(48, delivery.replyRequest);
    this.#number(56, delivery.request);
    this.#number(64, delivery.timestampSeconds);
    this.#number(72, delivery.timestampNanos);
    this.#double(81, delivery.responseTimeNs);
    this.#flag(88, delivery.isSecurity);
    this.#chunk(98, delivery.envelope);
    this.#flag(104, delivery.many);
    this.#flag(112, delivery.more);
  }

  #sizeOfPublish(publish: Publish): number {
    const { name, deadlineMs, request, cause, replyInstance, replyRequest, replyGuessed, many, more } = publish;
    return (
      numberSize(name) +
      chunkSize(publish.activityId.length) +
      numberSize(deadlineMs) +
      numberSize(request) +
      numberSize(cause) +
      numberSize(replyInstance) +
      numberSize(replyRequest) +
      chunkSize(publish.envelope.length) +
      (replyGuessed ? 2 : 0) +
      (many ? 2 : 0) +
      (more ? 2 : 0)
    );
  }

  #sizeOfDelivery(delivery: Delivery): number {
    const { name, deadlineMs, attempt, replyInstance, replyRequest, request, timestampSeconds } = delivery;
    return (
      numberSize(name) +
      chunkSize(delivery.activityId.length) +
      numberSize(deadlineMs) +
      numberSize(attempt) +
      numberSize(replyInstance) +
      numberSize(replyRequest) +
      numberSize(request) +
      numberSize(timestampSeconds) +
      numberSize(delivery.timestampNanos) +
      (delivery.responseTimeNs !== 0 ? 9 : 0) +
      chunkSize(delivery.envelope.length) +
      (delivery.isSecurity ? 2 : 0) +
      (delivery.many ? 2 : 0) +
      (delivery.more ? 2 : 0)
    );
  }

  #begin(tag: number, size: number): void {
    this.#bytes[this.at++] = tag;
    this.#varint(size);
  }

  #number(tag: number, value: number): void {
    if (value === 0) return;
    this.#bytes[this.at++] = tag;
    this.#varint(value);
  }

  #flag(tag: number, value: boolean): void {
    if (!value) return;
    this.#bytes[this.at++] = tag;
    this.#bytes[this.at++] = 1;
  }

  #double(tag: number, value: number): void {
    if (value === 0) return;
    this.#bytes[this.at++] = tag;
    fraction[0] = value;
    for (let each = 0; each < 8; each += 1) this.#bytes[this.at++] = fractionBytes[each] as number;
  }

  #chunk(tag: number, chunk: Uint8Array): void {
    const { length } = chunk;
    if (length === 0) return;
    this.#bytes[this.at++] = tag;
    this.#varint(length);
    this.#bytes.set(chunk, this.at);
    this.at += length;
  }

  #varint(value: number): void {
    this.at = writeVarint(this.#bytes, this.at, value);
  }
}
