import type { IncomingMessage, ServerResponse } from "node:http";
import { problemMediaType } from "@exosphere/proto";
import { bearerToken, type Log, problemAnswer } from "@exosphere/runtime";
import { Denied } from "../core/denied.ts";
import type { Answer, Desk } from "../core/desk.ts";
import type { Keys } from "../core/limits.ts";
import type { Session } from "../core/session.ts";
import type { User } from "../core/user.ts";
import { failureOf } from "../failure.ts";
import { compress, decompress } from "./compression.ts";

/** What an exchange needs to know. */
export interface ExchangeOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path behind that of the endpoint, still encoded. */
  readonly rest: string;
  readonly address: string;
  /** Names the TCP connection, for its limits. */
  readonly connection: string;
  readonly desk: Desk;
  readonly log: Log;
}

/** A request and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly rest: string;
  readonly address: string;
  readonly desk: Desk;
  readonly log: Log;
  readonly #connection: string;
  /** The limits know of the call. */
  #isCounted = false;

  constructor({ request, response, rest, address, connection, desk, log }: ExchangeOptions) {
    this.request = request;
    this.response = response;
    this.rest = rest;
    this.address = address;
    this.desk = desk;
    this.log = log;
    this.#connection = connection;
  }

  /** Bytes of the answer that wait for the caller. */
  get waitingBytes(): number {
    return this.response.writableLength;
  }

  /** A header, unless it is empty. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  /** Runs something and answers with what it throws. */
  attempt(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Finds out who the user is, if there is a token, and goes on. */
  identify(use: (user: User | undefined) => void): void {
    if (this.header("authorization") === undefined) return this.attempt(() => use(undefined));
    const token = bearerToken(this.request);
    if (token === undefined) {
      const facts = { error: "invalid_request" };
      return this.fail(new Denied("UNAUTHENTICATED", "The authorization must be 'Bearer <token>'.", { facts }));
    }
    this.desk.verify(token).then(
      (user) => this.attempt(() => use(user)),
      (error: unknown) => this.fail(error),
    );
  }

  /** The session that the call belongs to, if it names one. Throws a Denied if it is not known. */
  session(user: User | undefined): Session | undefined {
    const token = this.header("exo-session");
    if (token === undefined) return undefined;
    const session = this.desk.sessions.find(token, user);
    if (session) return session;
    throw new Denied("UNAUTHENTICATED", "The session of exo-session is not known, or another user's. Open a new one.", {
      facts: { error: "invalid_session" },
    });
  }

  /** Takes the call, and bytes of it, from the limits, and tells the caller what is left. Throws a Denied. */
  limit(session: Session | undefined, user: User | undefined, bytes: number, requests = 1): void {
    const { limits, clock } = this.desk;
    const keys = this.#keys(session, user);
    this.#isCounted = true;
    this.response.setHeader("ratelimit-policy", limits.policies(keys));
    try {
      const quota = limits.take(keys, requests, bytes, clock.now());
      if (quota) this.#tellLeft(quota.scope, quota.remaining, quota.resetMs);
    } catch (thrown) {
      if (thrown instanceof Denied) this.#tellLeft(thrown.facts.scope ?? "", 0, thrown.retryAfterMs ?? 0);
      throw thrown;
    }
  }

  /** Undoes the compression of a body, and goes on. */
  withPlain(body: Buffer, maxBytes: number, use: (plain: Buffer) => void): void {
    decompress(body, this.header("content-encoding"), maxBytes, (error, plain) => {
      if (error) this.fail(error);
      else this.attempt(() => use(plain));
    });
  }

  /** Answers with JSON. */
  answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): void {
    this.send({ status, headers: { "content-type": "application/json", ...headers }, body });
  }

  /** Answers with nothing but a status. */
  empty(status: number): void {
    this.response.writeHead(status).end();
  }

  /** Answers with a problem. */
  fail(thrown: unknown): void {
    this.send(answerOf(this.#countedDenial(thrown), this.log));
  }

  /** Sends an answer. */
  send({ status, headers, body }: Answer): void {
    const { response, request } = this;
    if (response.headersSent || response.destroyed) return;
    // The rest of a body that nobody reads must not be taken for the next request.
    const closes = !request.complete && status >= 400 ? { connection: "close" } : {};
    compress(body, this.header("accept-encoding"), (encoded) => {
      if (response.headersSent || response.destroyed) return;
      response.writeHead(status, {
        ...headers,
        ...closes,
        "content-length": encoded.body.length,
        ...(encoded.encoding && { "content-encoding": encoded.encoding }),
      });
      response.end(encoded.body);
    });
  }

  /** A call whose token or session is refused uses up the limits of its address as well: else guessing would have none. */
  #countedDenial(thrown: unknown): unknown {
    const isDenied = thrown instanceof Denied && thrown.reason === "UNAUTHENTICATED";
    if (!isDenied || this.#isCounted || this.response.headersSent) return thrown;
    try {
      this.limit(undefined, undefined, 0);
      return thrown;
    } catch (limited) {
      return limited;
    }
  }

  #tellLeft(scope: string | number, remaining: number, resetMs: number): void {
    this.response.setHeader("ratelimit", `"${scope}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`);
  }

  #keys(session: Session | undefined, user: User | undefined): Keys {
    const who = user ?? session?.user;
    return {
      connection: this.#connection,
      ...(session && { session: session.id }),
      ...(who && { user: who.id }),
      address: this.address,
    };
  }
}

/** An error as the answer that it is. */
export function answerOf(thrown: unknown, log: Log): Answer {
  const error = failureOf(thrown);
  const { status, problem, headers } = problemAnswer(error, log);
  const challenge = error.reason === "UNAUTHENTICATED" ? { "www-authenticate": challengeOf(problem) } : {};
  return {
    status,
    headers: { "content-type": problemMediaType, ...headers, ...challenge },
    body: JSON.stringify(problem),
  };
}

/** RFC 6750, section 3. */
function challengeOf({ error, detail }: { readonly detail: string; readonly error?: unknown }): string {
  return typeof error === "string"
    ? `Bearer error="${error}", error_description="${detail.replaceAll('"', "'")}"`
    : "Bearer";
}
