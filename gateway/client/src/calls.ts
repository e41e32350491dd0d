import { type ExoError, exoError } from "./exo-error.ts";
import { framedOptions, type SendOptions } from "./messages.ts";

/** What is sent: everything of a frame but what only the moment of sending knows. */
export interface Outgoing {
  readonly kind: "message" | "request" | "control";
  /** The members of the frame, in JSON, without braces. */
  readonly members: string;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

interface Call extends Omit<Outgoing, "deadlineMs"> {
  readonly ref: number;
  readonly dueMs: number;
  readonly timer: ReturnType<typeof setTimeout>;
  /** Whether the present connection has it. */
  isSent: boolean;
  /** What listens to the signal. */
  aborted(): void;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** How much may wait. */
export interface CallLimits {
  readonly maxQueueMessages: number;
  readonly maxQueueChars: number;
}

/** `setTimeout` counts in 32 bits. */
const longestTimerMs = 0x7fff_ffff;

/**
 * Frames that are sent before a ping among them is answered, at most and after a refusal: the gateway ends connections that go
 * on after a hundred frames in a row were too much for it.
 */
const mostAtOnce = 64;
const fewAtOnce = 4;

/** The shortest rest after a frame that was too much, in milliseconds: so that more than the next one passes then. */
const leastRestMs = 250;

/**
 * What was sent, or waits to be, and has no answer yet. Each has a key of its own, by which the gateway knows it again: after
 * a lost connection all of them are sent once more, and nothing happens twice. What is too much for the gateway at the moment
 * waits as well, and what comes after it.
 */
export class Calls {
  readonly #calls = new Map<number, Call>();
  readonly #limits: CallLimits;
  readonly #keyStem = newKeyStem();
  #send: ((text: string) => void) | undefined;
  #lastRef = 0;
  #chars = 0;
  #atOnce = mostAtOnce;
  /** Frames since the last ping. */
  #sinceFence = 0;
  /** The ref of a ping that is not answered yet: nothing is sent meanwhile. */
  #fence: number | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(limits: CallLimits) {
    this.#limits = limits;
  }

  /** How many have no answer yet. */
  get size(): number {
    return this.#calls.size;
  }

  /** Sends now, or as soon as there is a connection. Resolves with the answer's frame. Rejects with an ExoError, or the signal's reason. */
  call(outgoing: Outgoing): Promise<unknown> {
    const { signal, deadlineMs } = outgoing;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      this.#checkRoom(outgoing);
      this.#lastRef += 1;
      const ref = this.#lastRef;
      const aborted = () => this.#end(ref)?.reject(signal?.reason);
      const expired = () => this.#end(ref)?.reject(late(outgoing, deadlineMs));
      const timer = setTimeout(expired, Math.min(deadlineMs, longestTimerMs));
      const dueMs = Date.now() + deadlineMs;
      const call: Call = { ...outgoing, ref, timer, isSent: false, dueMs, aborted, resolve, reject };
      signal?.addEventListener("abort", aborted);
      this.#chars += outgoing.members.length;
      this.#calls.set(ref, call);
      this.#flush();
    });
  }

  /** There is a connection: everything that has no answer is sent by it, in order. */
  online(send: (text: string) => void): void {
    this.#send = send;
    this.#flush();
  }

  /** The connection is gone. */
  offline(): void {
    this.#stop();
    // What only that connection could answer: a new one begins with the newest token and names anyway.
    for (const call of [...this.#calls.values()]) {
      call.isSent = false;
      if (call.kind === "control")
        this.#end(call.ref)?.reject(exoError("BROKER_UNAVAILABLE", "The connection was lost.", 503));
    }
  }

  /** An answer has come. One that nobody waits for any more is ignored. */
  answered(ref: number, answer: unknown): void {
    if (ref === this.#fence) this.#passed(Math.min(mostAtOnce, this.#atOnce * 2));
    this.#end(ref)?.resolve(answer);
  }

  /** A call was refused. */
  refused(ref: number, error: ExoError): void {
    if (ref === this.#fence) return this.#passed(fewAtOnce);
    const call = this.#calls.get(ref);
    const { retryAfterMs } = error.problem;
    const mayWait = error.reason === "RATE_LIMITED" && retryAfterMs !== undefined;
    if (!call || !mayWait || Date.now() + retryAfterMs >= call.dueMs) {
      this.#end(ref)?.reject(error);
    } else {
      call.isSent = false;
      this.#pause(retryAfterMs);
    }
  }

  /** Nothing will be sent or answered any more. */
  close(error: ExoError): void {
    this.#stop();
    for (const ref of [...this.#calls.keys()]) this.#end(ref)?.reject(error);
  }

  /** Sends what the connection does not have yet, in order, as much as is wise at once. */
  #flush(): void {
    for (const call of this.#calls.values()) {
      if (!this.#send || this.#rest !== undefined || this.#fence !== undefined) return;
      if (call.isSent) continue;
      call.isSent = true;
      this.#sinceFence += 1;
      this.#send(this.#text(call));
      if (this.#sinceFence >= this.#atOnce) this.#setFence(this.#send);
    }
  }

  /** The answer to a ping comes after all refusals of what was sent before it. */
  #setFence(send: (text: string) => void): void {
    this.#sinceFence = 0;
    this.#lastRef += 1;
    this.#fence = this.#lastRef;
    send(`{"ref":${this.#fence},"type":"ping"}`);
  }

  #passed(atOnce: number): void {
    this.#fence = undefined;
    this.#atOnce = atOnce;
    this.#flush();
  }

  #pause(restMs: number): void {
    this.#atOnce = fewAtOnce;
    clearTimeout(this.#rest);
    const resume = () => {
      this.#rest = undefined;
      this.#flush();
    };
    this.#rest = setTimeout(resume, Math.max(restMs, leastRestMs));
  }

  #stop(): void {
    this.#send = undefined;
    this.#fence = undefined;
    this.#sinceFence = 0;
    clearTimeout(this.#rest);
    this.#rest = undefined;
  }

  #checkRoom({ members }: Outgoing): void {
    const { maxQueueMessages, maxQueueChars } = this.#limits;
    if (this.#calls.size < maxQueueMessages && this.#chars + members.length <= maxQueueChars) return;
    const detail = `${this.#calls.size} messages wait for the gateway already. Send less until it answers.`;
    throw exoError("QUEUE_FULL", detail, 429);
  }

  #text({ ref, kind, members, dueMs }: Call): string {
    if (kind === "control") return `{"ref":${ref},${members}}`;
    const leftMs = Math.max(1, dueMs - Date.now());
    const request = kind === "request" ? ',"request":true' : "";
    return `{"ref":${ref},"key":"${this.#keyStem}${ref}","deadline":"${leftMs}ms"${request},${members}}`;
  }

  #end(ref: number): Call | undefined {
    const call = this.#calls.get(ref);
    if (!call) return undefined;
    this.#calls.delete(ref);
    this.#chars -= call.members.length;
    clearTimeout(call.timer);
    call.signal?.removeEventListener("abort", call.aborted);
    return call;
  }
}

/** The members of a message's frame. Throws INVALID_MESSAGE for a name that is no text and a payload that is no JSON, PAYLOAD_TOO_LARGE for one that is too large. */
export function messageMembers(name: string, payload: unknown, options: SendOptions, maxPayload: number): string {
  // As where a constant is misspelt in JavaScript: without it the frame could not be read, nor its sender be told.
  if (typeof name !== "string")
    throw exoError("INVALID_MESSAGE", `The name of a message is text, not ${String(name)}.`, 400);
  // What has no JSON (a function, undefined) is a mistake, but for the payload that was left out.
  const text = payload === undefined ? undefined : jsonOf(name, payload);
  if (text !== undefined && bytesOf(text, maxPayload) > maxPayload) {
    throw exoError("PAYLOAD_TOO_LARGE", `The payload of '${name}' is larger than ${maxPayload} bytes.`, 413);
  }
  const said = Object.fromEntries(framedOptions.map((option) => [option, options[option]]));
  const head = JSON.stringify({ name, ...said }).slice(1, -1);
  return text === undefined ? head : `${head},"payload":${text}`;
}

/** A character has three bytes at most: most texts need not be encoded to know that they are small enough. */
function bytesOf(text: string, enough: number): number {
  return text.length * 3 <= enough ? text.length : new TextEncoder().encode(text).length;
}

function jsonOf(name: string, payload: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(payload);
  } catch (error) {
    throw exoError("INVALID_MESSAGE", `The payload of '${name}' has no JSON: ${(error as Error).message}`, 400);
  }
  if (text === undefined) throw exoError("INVALID_MESSAGE", `The payload of '${name}' has no JSON.`, 400);
  return text;
}

function late({ kind }: Outgoing, deadlineMs: number): ExoError {
  const what = kind === "request" ? "no reply" : "no answer of the gateway";
  return exoError("DEADLINE_EXCEEDED", `There was ${what} within ${deadlineMs} ms.`, 504);
}

/** `randomUUID` is there in secure contexts only. */
function newKeyStem(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}.`;
}
