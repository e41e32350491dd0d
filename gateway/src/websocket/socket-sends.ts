import { createHash } from "node:crypto";
import { problemAnswer } from "@exosphere/http";
import { jsonForClient, repeatedFields } from "@exosphere/message";
import { ExoError } from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";
import { callKey, idOfCall, lasting, ownerOf } from "../call-key.ts";
import type { MessageFrame, Ref } from "../core/client-frame.ts";
import type { OpenRequest } from "../core/client-sends.ts";
import { Denied } from "../core/denied.ts";
import type { Desk } from "../core/desk.ts";
import { acceptedFrame, problemFrame, replyFrame } from "../core/server-frame.ts";
import type { Session } from "../core/session.ts";
import { failureOf } from "../failure.ts";

/** What sending by a socket needs. */
export interface SocketSendsOptions {
  readonly desk: Desk;
  readonly address: string;
  readonly tell: (frame: string) => void;
  readonly fail: (ref: Ref, error: unknown) => void;
  readonly handled: (kind: string, failed: string | undefined) => void;
  readonly log: Log;
  readonly progressed: () => void;
}

/** What was answered to a frame, but for its `ref`. */
type Told =
  | { readonly id: string; readonly activityId: string }
  | { readonly message: string }
  | { readonly problem: object; readonly reason: string };

/** The messages and requests of one socket. */
export class SocketSends {
  readonly #options: SocketSendsOptions;
  /** Requests that nobody wants the reply of once the socket is gone. */
  readonly #requests = new Set<OpenRequest>();
  #unanswered = 0;

  constructor(options: SocketSendsOptions) {
    this.#options = options;
  }

  /** Messages and requests that the client has no answer to yet. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** Deals with a message. Throws a Denied or a Refusal. */
  take(session: Session, frame: MessageFrame): void {
    const { ref, key, draft } = frame;
    if (draft.payload.byteLength > this.#options.desk.maxPayloadBytes)
      throw tooLarge(this.#options.desk.maxPayloadBytes);
    if (key === undefined) return this.#start(session, frame, (error, told) => this.#tell(ref, error, told));
    const { desk, address } = this.#options;
    const { calls, clock } = desk;
    const caller = { session, user: session.user, address };
    const whole = callKey(key, caller, desk);
    const earlier = calls.start(whole, ownerOf(caller), fingerprintOf(frame), clock.now());
    if (earlier.kind === "answered") return this.#tell(ref, undefined, JSON.parse(earlier.answer.body) as Told);
    if (earlier.kind === "running") return this.#join(whole, ref);
    if (earlier.kind === "other")
      throw new ExoError("INVALID_MESSAGE", "This key was used for another message. Take a new one.");
    try {
      const keyed = { ...frame, draft: { ...draft, id: draft.id ?? idOfCall(whole) } };
      this.#start(session, keyed, (error, done) => {
        const told = done ?? this.#lastingProblem(error);
        if (told) {
          const body = JSON.stringify(told);
          calls.answered(whole, { status: 200, headers: {}, body }, body.length);
        } else calls.undone(whole);
        this.#tell(ref, error, told);
      });
    } catch (thrown) {
      calls.undone(whole);
      throw thrown;
    }
  }

  /** Gives up what is open. */
  close(): void {
    for (const request of this.#requests) request.giveUp();
    this.#requests.clear();
  }

  /** The same was sent before, as over a connection that was lost, and is not answered yet. */
  #join(key: string, ref: Ref): void {
    const again = () =>
      new Denied("RATE_LIMITED", "A frame with this key is under way. Send it again.", { retryAfterMs: 1000 });
    const waits = this.#options.desk.calls.wait(key, (answer) => {
      if (answer) this.#tell(ref, undefined, JSON.parse(answer.body) as Told);
      else this.#tell(ref, again(), undefined);
      this.#answered();
    });
    if (!waits) throw again();
    this.#unanswered += 1;
  }

  #start(session: Session, frame: MessageFrame, done: (error: Error | undefined, told?: Told) => void): void {
    this.#unanswered += 1;
    try {
      this.#send(session, frame, (error, told) => {
        done(error, told);
        this.#answered();
      });
    } catch (thrown) {
      this.#unanswered -= 1;
      throw thrown;
    }
  }

  #answered(): void {
    this.#unanswered -= 1;
    this.#options.progressed();
  }

  #send(
    session: Session,
    { draft, isRequest, key }: MessageFrame,
    done: (error: Error | undefined, told?: Told) => void,
  ): void {
    const { desk } = this.#options;
    const caller = { session, user: session.user, address: this.#options.address };
    if (!isRequest)
      return desk.sends.send(caller, draft, (error, { id, activityId }) =>
        error ? done(error) : done(undefined, { id, activityId }),
      );
    let open: OpenRequest | undefined;
    open = desk.sends.request(caller, draft, (error, reply) => {
      if (open) this.#requests.delete(open);
      if (reply) done(undefined, { message: jsonForClient(reply) });
      else done(error);
    });
    // One that is refused at once is answered already. One with a key is wanted by the client's next connection.
    if (open.isOpen && key === undefined) this.#requests.add(open);
  }

  /** What may have had an effect is not done again, though it failed. */
  #lastingProblem(thrown: unknown): Told | undefined {
    const error = failureOf(thrown);
    const { reason } = error;
    return lasting.has(reason) ? { problem: problemAnswer(error, this.#options.log).problem, reason } : undefined;
  }

  #tell(ref: Ref, error: Error | undefined, told: Told | undefined): void {
    const { tell, fail, handled } = this.#options;
    if (!told) return fail(ref, error);
    if ("problem" in told) {
      handled("frame", told.reason.toLowerCase());
      return tell(problemFrame(ref, told.problem));
    }
    handled("message" in told ? "request" : "send", undefined);
    if (ref === undefined) return;
    tell("message" in told ? replyFrame(ref, told.message) : acceptedFrame(ref, told.id, told.activityId));
  }
}

function fingerprintOf({ draft, isRequest }: MessageFrame): string {
  const hash = createHash("sha256").update(JSON.stringify([isRequest, ...repeatedFields(draft)]));
  return hash.update(draft.payload).digest("base64");
}

function tooLarge(limit: number): ExoError {
  return new ExoError("PAYLOAD_TOO_LARGE", `A payload has at most ${limit} bytes: send less.`, { facts: { limit } });
}
