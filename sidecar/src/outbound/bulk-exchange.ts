import type { IncomingMessage, ServerResponse } from "node:http";
import { errorOf, roleHeader } from "@exosphere/http";
import { type Draft, draftOfMembers, type HeadFrom, Refusal, withHead } from "@exosphere/message";
import { jsonMistake, rawMembers } from "@exosphere/message/json";
import { ExoError } from "@exosphere/proto";
import { type BodyLine, BodyLines } from "../core/body-lines.ts";
import { OrderedAnswers } from "../core/ordered-answers.ts";
import type { Sender, SendingOptions } from "./send-endpoint.ts";
import { acceptedText, checkPayloadSize, refusedText } from "./sent-answer.ts";

/** What a line may have beside its payload, in bytes: name, ids and auth, as much as on the bus. */
const lineOverheadBytes = 64 * 1024;
/** Messages that the bus has not confirmed, before no more lines are read: a tenth of what the outbox takes. */
const maxUnconfirmedMessages = 1_000;
/** The same in bytes. */
const maxUnconfirmedBytes = 1024 * 1024;
/**
 * Answers that wait for a client, in bytes, before no more lines are read: 40,000 of them, since most clients read only once
 * they have sent everything. The buffers of the system take about as many again.
 */
const maxUnreadBytes = 4 * 1024 * 1024;
/** How long a client that was given up may take to read why, before its connection is cut, in milliseconds. */
const lingerMs = 1_000;

/** A request with many messages, and what its headers say of all of them. */
export interface BulkRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly head: Omit<HeadFrom<"appHeaders">, "id">;
}

/** What sending many messages needs. */
export interface BulkOptions extends Pick<SendingOptions, "maxPayloadBytes" | "bodies" | "log"> {
  /** The place of whoever sends a message of this name by this request. Throws an ExoError to refuse. */
  readonly senderOf: (name: string, role: string | undefined) => Sender;
  /** A line is no message, or nobody's. */
  readonly malformed: (error: ExoError) => void;
  /** How long a body may pause, in milliseconds. */
  readonly idleMs: number;
}

/** One request with NDJSON, from its first line to the last answer. */
export class BulkExchange {
  readonly #options: BulkOptions;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #head: BulkRequest["head"];
  readonly #role: string | undefined;
  readonly #lines: BodyLines;
  readonly #answers = new OrderedAnswers((text) => this.#tell(text));
  #unconfirmedMessages = 0;
  #unconfirmedBytes = 0;
  #heldBytes = 0;
  /** Answers that leave with the others of this tick. */
  #told = "";
  /** The client does not read its answers as fast as they come. */
  #isBlocked = false;
  #isTaking = false;
  /** No more lines come: the body has ended, or the client is given up. */
  #hasEnded = false;
  #isGone = false;
  /** Since when the client has had the time to complete a line, and has not. */
  #waitingSinceMs = performance.now();

  constructor({ request, response, head }: BulkRequest, options: BulkOptions) {
    this.#options = options;
    this.#request = request;
    this.#response = response;
    this.#head = head;
    const role = request.headers[roleHeader];
    this.#role = typeof role === "string" && role !== "" ? role : undefined;
    this.#lines = new BodyLines(options.maxPayloadBytes + lineOverheadBytes);
    request.on("data", (chunk: Buffer) => this.#received(chunk));
    request.on("end", () => {
      this.#hasEnded = true;
      this.#lines.end();
      this.#take();
    });
    response.on("drain", () => {
      this.#isBlocked = false;
      this.#take();
    });
    response.on("close", () => {
      this.#isGone = true;
      this.#account();
    });
    response.setTimeout(options.idleMs, () => this.#idle());
  }

  #received(chunk: Buffer): void {
    // What a client still sends that was given up.
    if (this.#hasEnded || this.#isGone) return;
    const { ends } = this.#lines;
    this.#lines.add(chunk);
    this.#take();
    const nowMs = performance.now();
    if (this.#lines.ends > ends || this.#request.isPaused()) this.#waitingSinceMs = nowMs;
    else if (nowMs - this.#waitingSinceMs > this.#options.idleMs) this.#giveUp();
  }

  /** Takes as many lines as there is room for. */
  #take(): void {
    // A message may be refused while it is being sent: the loop below is at it.
    if (this.#isTaking || this.#isGone) return;
    this.#isTaking = true;
    let line: BodyLine | undefined = "too long";
    while (this.#hasRoom && line) {
      line = this.#lines.next();
      if (line) this.#send(line);
    }
    this.#isTaking = false;
    this.#account();
    if (!this.#hasRoom) this.#request.pause();
    else if (this.#request.isPaused()) {
      this.#waitingSinceMs = performance.now();
      this.#request.resume();
    }
    if (!line) this.#endIfDone();
  }

  /** What is held of the body counts with the bodies of all other requests. */
  #account(): void {
    const { bodies } = this.#options;
    if (!bodies) return;
    const bytes = this.#isGone ? 0 : this.#lines.bytes;
    if (bytes > this.#heldBytes) {
      // Nothing is added any more: there was no room for what came last.
      if (this.#hasEnded) return;
      const noRoom = bodies.take(bytes - this.#heldBytes);
      if (noRoom) return this.#giveUp(noRoom);
    }
    if (bytes < this.#heldBytes) bodies.release(this.#heldBytes - bytes);
    this.#heldBytes = bytes;
  }

  get #hasRoom(): boolean {
    return (
      !this.#isBlocked &&
      this.#answers.open < maxUnconfirmedMessages &&
      this.#unconfirmedMessages < maxUnconfirmedMessages &&
      this.#unconfirmedBytes < maxUnconfirmedBytes
    );
  }

  #send(line: BodyLine): void {
    const { maxPayloadBytes, senderOf, log } = this.#options;
    const question = this.#answers.ask();
    let name = "";
    let sender: ReturnType<BulkOptions["senderOf"]> | undefined;
    const refuse = (error: ExoError) => {
      if (sender) sender.observer.sent(name, error);
      else this.#options.malformed(error);
      this.#answers.answer(question, `${refusedText(error, log)}\n`);
    };
    try {
      const draft = draftOf(line, maxPayloadBytes);
      name = draft.name;
      sender = senderOf(name, this.#role);
      checkPayloadSize(draft.payload, maxPayloadBytes);
      const message = sender.completer.complete(withHead(draft, this.#head));
      const { observer } = sender;
      const bytes = draft.payload.byteLength;
      this.#unconfirmed(1, bytes);
      sender.bus.send(message, (refused) => {
        this.#unconfirmed(-1, -bytes);
        if (refused) refuse(ExoError.from(refused));
        else {
          observer.sent(name, undefined);
          this.#answers.answer(question, `${acceptedText(message.id, message.activityId)}\n`);
        }
      });
    } catch (thrown) {
      refuse(errorOf(thrown));
    }
  }

  #unconfirmed(messages: number, bytes: number): void {
    this.#unconfirmedMessages += messages;
    this.#unconfirmedBytes += bytes;
  }

  /** The answers of one tick leave in one piece, and make room for more lines. */
  #tell(text: string): void {
    if (this.#told === "") process.nextTick(() => this.#write());
    this.#told += text;
  }

  #write(): void {
    const text = this.#told;
    this.#told = "";
    if (this.#isGone) return;
    if (!this.#response.headersSent) this.#begin();
    if (!this.#response.write(text)) this.#isBlocked = this.#response.writableLength > maxUnreadBytes;
    this.#take();
  }

  #begin(): void {
    this.#response.writeHead(200, { "content-type": "application/x-ndjson" });
  }

  #endIfDone(): void {
    if (!this.#hasEnded || this.#answers.open > 0 || this.#told !== "" || this.#response.writableEnded) return;
    if (!this.#response.headersSent) this.#begin();
    this.#response.end();
  }

  /** Nothing came from the client, nor did it read anything. */
  #idle(): void {
    // Who waits for the bus is not idle.
    if (this.#unconfirmedMessages > 0) this.#response.setTimeout(this.#options.idleMs);
    else this.#giveUp();
  }

  #giveUp(error = tooSlow(this.#options.idleMs)): void {
    if (this.#hasEnded) return void this.#request.destroy();
    this.#hasEnded = true;
    const { log } = this.#options;
    this.#answers.answer(this.#answers.ask(), `${refusedText(error, log)}\n`);
    setTimeout(() => this.#request.destroy(), lingerMs).unref();
  }
}

function tooSlow(idleMs: number): ExoError {
  const detail = `No line came to its end for ${idleMs} ms, or no answer was read: go on sooner, an empty line is enough.`;
  return new ExoError("INVALID_MESSAGE", detail, { facts: { limit: idleMs } });
}

/** The message in a line. Throws a Refusal, or an ExoError. */
function draftOf(line: BodyLine, maxPayloadBytes: number): Draft {
  if (line === "too long") {
    const limit = maxPayloadBytes + lineOverheadBytes;
    const detail = `The line has more than ${limit} bytes: send less, or raise --max-payload.`;
    throw new ExoError("PAYLOAD_TOO_LARGE", detail, { facts: { limit } });
  }
  const mistake = jsonMistake(line);
  const members = mistake === undefined ? rawMembers(line) : undefined;
  if (!members) throw new Refusal(`A line must be a JSON object (RFC 8259)${mistake ? `: ${mistake}` : ""}.`);
  return draftOfMembers(members);
}
