import type { IncomingMessage, ServerResponse } from "node:http";
import { type BodyRoom, bearerToken, dropBody, problemAnswer, type RouteMatch, tooMuchAtOnce } from "@exosphere/http";
import { type ExoError, problemMediaType } from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";
import { Denied } from "../core/denied.ts";
import type { Answer, Desk } from "../core/desk.ts";
import type { Keys, Quota } from "../core/limits.ts";
import type { Session } from "../core/session.ts";
import type { User } from "../core/user.ts";
import { failureOf } from "../failure.ts";
import { compress, decompress } from "./compression.ts";
import { holdUnread } from "./hold-unread.ts";

/** What an exchange needs to know. */
export interface ExchangeOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly match: RouteMatch;
  readonly address: string;
  /** Names the TCP connection, for its limits. Undefined: that of a proxy, which many clients share. */
  readonly connection: string | undefined;
  readonly desk: Desk;
  readonly log: Log;
}

/** A request and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: string;
  readonly desk: Desk;
  readonly log: Log;
  /** Where it leads. */
  readonly match: RouteMatch;
  /** Where the call comes from, for the limits. */
  readonly #origin: Keys;
  /** Bytes that the call said it would bring. */
  #announced = 0;
  /** Its session and user, once they are known. */
  #own: Keys = {};
  /** The tightest of the limits that it was counted for. */
  #quota: Quota | undefined;

  constructor({ request, response, match, address, connection, desk, log }: ExchangeOptions) {
    this.request = request;
    this.response = response;
    this.match = match;
    this.address = address;
    this.desk = desk;
    this.log = log;
    this.#origin = connection === undefined ? { address } : { connection, address };
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

  /** Counts the call, with bytes that it announces, finds out who the user is, if there is a token, and goes on. */
  identify(use: (user: User | undefined) => void, announcedBytes = 0): void {
    try {
      this.admit(announcedBytes);
    } catch (thrown) {
      return this.desk.lateRefusals.answer(this.address, () => this.fail(thrown));
    }
    if (this.header("authorization") === undefined) return this.attempt(() => use(undefined));
    const token = bearerToken(this.request);
    if (token === undefined) {
      const facts = { error: "invalid_request" };
      return this.fail(new Denied("UNAUTHENTICATED", "The authorization must be 'Bearer <token>'.", { facts }));
    }
    this.desk.verify(token, this.address).then(
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

  /**
   * Counts the call, and bytes that it announces, for its connection and address. Before anything that costs more than a
   * look-up, such as a signature, is done for it. Throws a Denied.
   */
  admit(bytes = 0): void {
    this.#announced = bytes;
    this.#take(this.#origin, 1, bytes);
  }

  /** Counts the call for its session and user as well, or else for nobody. Throws a Denied. */
  limit(session: Session | undefined, user: User | undefined): void {
    const { limits, clock } = this.desk;
    this.#own = ownKeys(session, user);
    try {
      this.#take(this.#own, 1, this.#announced);
    } catch (thrown) {
      limits.giveBack(this.#origin, 1, this.#announced, clock.now());
      throw thrown;
    }
  }

  /** Counts bytes that came without being announced. Throws a Denied. */
  limitMore(bytes: number): void {
    this.#take({ ...this.#origin, ...this.#own }, 0, bytes);
  }

  /** Room for the body of the call, beside those of others. What was not announced counts for the limits as it comes. */
  bodyRoom(isAnnounced: boolean): BodyRoom {
    const { bodies } = this.desk;
    const holders = { address: this.address };
    return {
      take: (bytes) => {
        const lacking = bodies.take(holders, bytes);
        if (lacking !== undefined) return noRoomFor(lacking, bodies.limitOf(lacking));
        try {
          if (!isAnnounced) this.limitMore(bytes);
          return undefined;
        } catch (thrown) {
          bodies.release(holders, bytes);
          return failureOf(thrown);
        }
      },
      release: (bytes) => bodies.release(holders, bytes),
    };
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
  empty(status: number, headers: Readonly<Record<string, string>> = {}): void {
    this.response.writeHead(status, headers).end();
  }

  /** Answers with a problem. */
  fail(thrown: unknown): void {
    this.send(answerOf(thrown, this.log));
  }

  /** Sends an answer. */
  send({ status, headers, body }: Answer): void {
    const { response, request } = this;
    if (response.headersSent || response.destroyed) return;
    const isUnread = !request.complete && status >= 400;
    // Refused before its body was looked at: that is dropped, so that the answer is not lost with a reset connection.
    const isDropped = isUnread && request.listenerCount("data") === 0;
    if (isDropped) dropBody(request, this.desk.maxPayloadBytes);
    // The rest of a body that nobody reads must not be taken for the next request.
    const closes = isUnread && !isDropped ? { connection: "close" } : {};
    compress(body, this.header("accept-encoding"), (encoded) => {
      if (response.headersSent || response.destroyed) return;
      response.writeHead(status, {
        ...headers,
        ...closes,
        "content-length": encoded.body.length,
        ...(encoded.encoding && { "content-encoding": encoded.encoding }),
      });
      response.end(encoded.body);
      holdUnread(response, this.desk.answers, this.address);
    });
  }

  #take(keys: Keys, requests: number, bytes: number): void {
    const { limits, clock } = this.desk;
    const all = { ...this.#origin, ...this.#own };
    this.response.setHeader("ratelimit-policy", limits.policies(all));
    try {
      const quota = limits.take(keys, requests, bytes, clock.now());
      if (quota === undefined || (this.#quota && this.#quota.remaining <= quota.remaining)) return;
      this.#quota = quota;
      this.#tellLeft(quota.scope, quota.remaining, quota.resetMs);
    } catch (thrown) {
      if (thrown instanceof Denied) this.#tellLeft(thrown.facts.scope ?? "", 0, thrown.retryAfterMs ?? 0);
      throw thrown;
    }
  }

  #tellLeft(scope: string | number, remaining: number, resetMs: number): void {
    this.response.setHeader("ratelimit", `"${scope}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`);
  }
}

function noRoomFor(part: "address" | "total", limit: number): ExoError {
  return tooMuchAtOnce(limit, part === "total" ? "--max-body-bytes" : "--address-body-bytes");
}

function ownKeys(session: Session | undefined, user: User | undefined): Keys {
  const who = user ?? session?.user;
  return { ...(session && { session: session.id }), ...(who && { user: who.id }) };
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
