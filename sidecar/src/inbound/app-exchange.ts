import type { Dispatcher } from "undici";
import { type Verdict, verdictOf } from "../core/answer.ts";

/** What the app said to a delivery. */
export interface AppAnswer extends Verdict {
  /** The body of a `done`, or empty. */
  readonly body: Buffer;
  /** The app says that the body is JSON. */
  readonly isJson: boolean;
  /** The app did not even take the connection. */
  readonly isUnreachable: boolean;
  /** The deadline was so near that no answer says nothing of the app. */
  readonly isHurried?: boolean;
}

/** Is told once how a delivery went; why, where it is of interest to the log alone. */
export type Answered = (answer: AppAnswer, error?: Error) => void;

/** RFC 8259, and the types that are made of it: RFC 6839, section 3.1. */
const jsonType = /^application\/(?:[^;]+\+)?json\s*(?:;|$)/i;

/**
 * Bytes that an app may write beside a status that says it all, before its connection is cut: cheaper to read than to
 * connect again.
 */
const maxIdleTalkBytes = 128 * 1024;

/**
 * Time within which an app that is well answers, in milliseconds. Behind a backlog, messages arrive with less than that left:
 * were the app judged by those, it would be set aside for being busy, and the backlog would grow.
 */
const fairMs = 1_000;

/** setTimeout takes no more milliseconds. */
const longestTimeoutMs = 0x7fff_ffff;

/** Errors of undici and Node that come before the app was sent anything. */
const beforeSent: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
]);

const nothing = Buffer.alloc(0);

/**
 * One delivery on the wire, from the request to the end of the answer. undici's lowest level: its requests with streams,
 * promises and signals cost a third of the sidecar's time.
 */
export class AppExchange implements Dispatcher.DispatchHandler {
  readonly #maxAnswerBytes: number;
  readonly #answered: Answered;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #verdict: Verdict | undefined;
  #isJson = false;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isTold = false;
  readonly #isHurried: boolean;

  /** The app has `remainingMs` milliseconds, and so many bytes for its answer. */
  constructor(remainingMs: number, maxAnswerBytes: number, answered: Answered) {
    this.#maxAnswerBytes = maxAnswerBytes;
    this.#answered = answered;
    this.#isHurried = remainingMs < fairMs;
    this.#timer = setTimeout(() => this.#expire(), Math.min(remainingMs, longestTimeoutMs));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It waited for a connection for too long.
    if (this.#isTold) controller.abort(new Error("too late"));
  }

  onResponseStart(_controller: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    if (status < 200) return;
    this.#verdict = verdictOf(status, textOf(headers["retry-after"]), Date.now());
    this.#isJson = jsonType.test(textOf(headers["content-type"]) ?? "");
    // The status says it all: what the app writes beside may be long, cut off, or never end.
    if (this.#verdict.outcome !== "done")
      this.#tell({ ...this.#verdict, body: nothing, isJson: false, isUnreachable: false });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#isTold) {
      if (this.#bytes > maxIdleTalkBytes) controller.abort(new Error("of no interest"));
    } else if (this.#bytes > this.#maxAnswerBytes) {
      this.#tell(failed(`The app's answer has more than ${this.#maxAnswerBytes} bytes.`));
      controller.abort(new Error("too large"));
    } else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    const [first = nothing] = this.#chunks;
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first;
    if (this.#verdict) this.#tell({ ...this.#verdict, body, isJson: this.#isJson, isUnreachable: false });
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.fail(error);
  }

  /** It could not be sent, or broke off. */
  fail(error: NodeJS.ErrnoException): void {
    clearTimeout(this.#timer);
    const code = error.code ?? "";
    if (beforeSent.has(code)) {
      const detail = `The app refused the connection (${code}).`;
      this.#tell({ outcome: "retry", retryAfterMs: 0, detail, body: nothing, isJson: false, isUnreachable: true });
    } else if (error.name === "HTTPParserError") this.#tell(failed("What the app answered is not HTTP."), error);
    else this.#tell(failed("The connection to the app was lost before it answered."), error);
  }

  #expire(): void {
    const error = new Error("deadline");
    this.#tell({ ...failed("The app did not answer within the deadline."), isHurried: this.#isHurried }, error);
    this.#controller?.abort(error);
  }

  #tell(answer: AppAnswer, error?: Error): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#chunks = [];
    this.#answered(answer, error);
  }
}

function failed(detail: string): AppAnswer {
  return { outcome: "failed", retryAfterMs: 0, detail, body: nothing, isJson: false, isUnreachable: false };
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
