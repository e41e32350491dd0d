import type { Dispatcher } from "undici";
import { type Verdict, verdictOf } from "../core/answer.ts";
import { decodeAnswer, isCoded } from "./answer-coding.ts";
import { maxWordsBytes, wordsOf } from "./app-words.ts";

/** What the app said to a delivery. */
export interface AppAnswer extends Verdict {
  /** The body of a `done`, or empty. */
  readonly body: Buffer;
  /** What the app said beside a status that refuses the delivery: for its operator, not for the requester. */
  readonly words?: string;
  /** The app says that the body is JSON. */
  readonly isJson: boolean;
  /** The app did not even take the connection. */
  readonly isUnreachable: boolean;
  /** It did not take this one, which it had been about to close, though it may take another. */
  readonly mayBeUp?: boolean;
  /** The deadline was so near that no answer says nothing of the app. */
  readonly isHurried?: boolean;
}

/** What an exchange needs, and whom it tells. */
export interface AppExchangeOptions {
  /** When it begins, in milliseconds of the clock of `dueMs`. */
  readonly nowMs: number;
  /** Until when the app may answer. Whoever has the exchange sees to it, with `expire`. */
  readonly dueMs: number;
  /** Largest answer, in bytes. */
  readonly maxAnswerBytes: number;
  /** Its connection had a request before. A reset then comes of the app closing it as idle, not of handling this one. */
  readonly isOnUsedConnection?: boolean;
  /** How the delivery went; why, where it is of interest to the log alone. Called once. */
  readonly answered: (answer: AppAnswer, error?: Error) => void;
  /** Nothing more comes by its connection, which is good for another exchange if all went `isWell`. Called once. */
  readonly ended: (isWell: boolean) => void;
}

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

/** How long the reason of a refusal is waited for, in milliseconds: most come with the status, and the requester waits meanwhile. */
const wordsMs = 200;

/** An app gets at least so long, in milliseconds. */
const leastMs = 1;

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

/** Errors that come before it as well, but are none of the app's: there are no file descriptors left for a connection. */
const exhausted: ReadonlySet<string> = new Set(["EMFILE", "ENFILE"]);

const nothing = Buffer.alloc(0);

/**
 * One delivery on the wire, from the request to the end of the answer. undici's lowest level: its requests with streams,
 * promises and signals cost a third of the sidecar's time.
 */
export class AppExchange implements Dispatcher.DispatchHandler {
  /** Until when the app may answer, in milliseconds of the clock. */
  readonly dueMs: number;
  readonly #options: AppExchangeOptions;
  #controller: Dispatcher.DispatchController | undefined;
  #verdict: Verdict | undefined;
  /** The app has answered by a status that refuses the delivery. */
  #isRefusal = false;
  #isJson = false;
  #coding = "";
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isTold = false;
  #wordsTimer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(options: AppExchangeOptions) {
    this.#options = options;
    this.dueMs = Math.max(options.dueMs, options.nowMs + leastMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It waited for a connection for too long.
    if (this.#isTold) controller.abort(new Error("too late"));
  }

  onResponseStart(_controller: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    if (status < 200) return;
    this.#verdict = verdictOf(status, textOf(headers["retry-after"]), Date.now());
    this.#isRefusal = this.#verdict.outcome !== "done";
    this.#coding = (textOf(headers["content-encoding"]) ?? "").trim().toLowerCase();
    this.#isJson = jsonType.test(textOf(headers["content-type"]) ?? "");
    // A 204 has no body, whatever its headers promise.
    if (status === 204) this.#tell({ ...this.#verdict, body: nothing, isJson: false, isUnreachable: false });
    // The status says it all: what the app writes beside is for its operator, and may be long, cut off, or never end.
    else if (this.#isRefusal) this.#wordsTimer = setTimeout(() => this.#tellRefusal(), wordsMs);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#isTold) {
      if (this.#bytes > maxIdleTalkBytes) controller.abort(new Error("of no interest"));
    } else if (this.#bytes > this.#options.maxAnswerBytes) {
      this.#tell(failed(`The app's answer has more than ${this.#options.maxAnswerBytes} bytes.`));
      controller.abort(new Error("too large"));
    } else this.#chunks.push(chunk);
    if (this.#isRefusal && this.#bytes >= maxWordsBytes) this.#tellRefusal();
  }

  onResponseEnd(): void {
    this.#end(true);
    if (this.#isRefusal) return this.#tellRefusal();
    const [first = nothing] = this.#chunks;
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first;
    const verdict = this.#verdict;
    if (!verdict || this.#isTold) return;
    const answer: AppAnswer = { ...verdict, body, isJson: this.#isJson, isUnreachable: false };
    if (body.length === 0 || !isCoded(this.#coding)) return this.#tell(answer);
    decodeAnswer(body, this.#coding, this.#options.maxAnswerBytes, (mistake, decoded) => {
      this.#tell(mistake === undefined ? { ...answer, body: decoded } : failed(mistake));
    });
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.fail(error);
  }

  /** It could not be sent, or broke off. */
  fail(error: NodeJS.ErrnoException): void {
    this.#end(false);
    if (this.#isRefusal) return this.#tellRefusal();
    const code = error.code ?? "";
    const isExhausted = exhausted.has(code);
    if (isExhausted || beforeSent.has(code)) {
      const detail = isExhausted
        ? `No connection could be opened (${code}).`
        : `The app refused the connection (${code}).`;
      const answer: AppAnswer = { ...failed(detail), outcome: "retry", isUnreachable: true };
      this.#tell(answer, isExhausted ? error : undefined);
    } else if (this.#isUnread(code)) {
      this.#tell({
        ...failed("The app closed the connection, as it was idle."),
        outcome: "retry",
        isUnreachable: true,
        mayBeUp: true,
      });
    } else if (error.name === "HTTPParserError") this.#tell(failed("What the app answered is not HTTP."), error);
    else this.#tell(failed("The connection to the app was lost before it answered."), error);
  }

  /**
   * Whether the app closed a connection that had been used before without having read this delivery: a reset, not an end, comes of
   * bytes that nobody read any more. An app that dies while it handles a delivery has read it, and ends the connection.
   */
  #isUnread(code: string): boolean {
    return this.#options.isOnUsedConnection === true && !this.#verdict && (code === "ECONNRESET" || code === "EPIPE");
  }

  /** The deadline has come. */
  expire(): void {
    if (this.#isRefusal) this.#tellRefusal();
    const error = new Error("deadline");
    const isHurried = this.dueMs - this.#options.nowMs < fairMs;
    this.#tell({ ...failed("The app did not answer within the deadline."), isHurried }, error);
    this.#controller?.abort(error);
  }

  #tellRefusal(): void {
    if (!this.#verdict || this.#isTold) return;
    const words = isCoded(this.#coding) ? "" : wordsOf(Buffer.concat(this.#chunks));
    this.#tell({ ...this.#verdict, words, body: nothing, isJson: false, isUnreachable: false });
  }

  #tell(answer: AppAnswer, error?: Error): void {
    if (this.#isTold) return;
    this.#isTold = true;
    clearTimeout(this.#wordsTimer);
    this.#chunks = [];
    this.#options.answered(answer, error);
  }

  #end(isWell: boolean): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#options.ended(isWell);
  }
}

function failed(detail: string): AppAnswer {
  return { outcome: "failed", retryAfterMs: 0, detail, body: nothing, isJson: false, isUnreachable: false };
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
