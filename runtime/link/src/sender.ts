import type { MessageSpan } from "@exosphere/frames";
import type { ExoError } from "@exosphere/proto";
import { Attachment } from "./attachment.ts";
import type { Clock } from "./clock.ts";
import { busDeadlineOf, defaultDeadlineMs, forwardedGraceMs } from "./deadlines.ts";
import { type Forwarded, publishOfForwarded } from "./forwarded.ts";
import { Incoming, textOf } from "./incoming.ts";
import type { LinkConfig } from "./link-config.ts";
import { answeringSpan, type LinkSpans, tellingSpan } from "./link-spans.ts";
import type { Answered, OpenRequest } from "./open-request.ts";
import type { Outbound } from "./outbound.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { Accepted, Outgoing } from "./outgoing.ts";
import { publishOf } from "./publish-of.ts";
import type { ReplyMux } from "./reply-mux.ts";
import { tooManyRequests } from "./wire-error.ts";

/** What sending needs of the rest of the link. */
export interface SenderParts {
  readonly outbound: Outbound;
  readonly mux: ReplyMux;
  readonly spans: LinkSpans | undefined;
  /** Why a message of this name cannot be sent now. */
  readonly refusalOf: (name: string) => ExoError | undefined;
}

/** Makes publishes of what the app sends, and open requests of what it asks. */
export class Sender {
  readonly #role: string;
  readonly #clock: Clock;
  readonly #onRefused: LinkConfig["onRefused"];
  readonly #textMistake: LinkConfig["textMistake"];
  readonly #outbound: Outbound;
  readonly #mux: ReplyMux;
  readonly #spans: LinkSpans | undefined;
  readonly #refusalOf: SenderParts["refusalOf"];

  constructor({ role, clock, onRefused, textMistake }: LinkConfig, { outbound, mux, spans, refusalOf }: SenderParts) {
    this.#role = role;
    this.#clock = clock;
    this.#onRefused = onRefused;
    this.#textMistake = textMistake;
    this.#outbound = outbound;
    this.#mux = mux;
    this.#spans = spans;
    this.#refusalOf = refusalOf;
  }

  /**
   * Sends a message. `accepted` is called once: when the bus has it, or when it will not. Returns what the message can be
   * withdrawn by.
   */
  send(message: Outgoing, accepted: Accepted): OutboxEntry | undefined {
    const span = this.#spans?.sends(message);
    const told = span ? tellingSpan(span, accepted) : accepted;
    const { name, confirmWithinMs = 0 } = message;
    const refused = this.#refusalOf(name);
    if (refused) {
      this.#onRefused?.(name, refused);
      told(refused);
      return undefined;
    }
    const publish = publishOf(message, span?.context);
    return this.#outbound.publish(name, publish, confirmWithinMs, this.#clock.nowMs(), told);
  }

  /**
   * Sends a message and waits for the reply, or with `many` for all of them. Returns the number by which the request can be
   * abandoned.
   */
  request(message: Outgoing, answered: Answered, many = false): number {
    const { name, id, activityId, handling } = message;
    const span = this.#spans?.sends(message);
    const told = span ? answeringSpan(span, answered, many) : answered;
    const refused = this.#refusalOf(name);
    if (refused) {
      this.#onRefused?.(name, refused);
      told(refused, undefined);
      return 0;
    }
    const deadlineMs = message.deadlineMs || defaultDeadlineMs;
    const nowMs = this.#clock.nowMs();
    // It waits as long as its own delivery is not settled.
    const handler =
      handling instanceof Incoming && handling.connection instanceof Attachment
        ? handling.asking(this.#role, handling.connection)
        : undefined;
    const request: OpenRequest = {
      name,
      id,
      activityId,
      dueMs: nowMs + deadlineMs,
      deadlineMs,
      answered: told,
      many,
      textMistake: this.#textMistake,
      span,
      handler,
      number: 0,
      carrier: undefined,
      entry: undefined,
    };
    if (!this.#mux.open(request)) {
      told(tooManyRequests(), undefined);
      return 0;
    }
    const asks = { number: request.number, many, awaiting: handler?.awaiting };
    const publish = publishOf(message, span?.context, busDeadlineOf(deadlineMs), asks);
    const { confirmWithinMs = 0 } = message;
    request.entry = this.#outbound.publish(name, publish, confirmWithinMs, nowMs, this.#mux.accepted);
    return request.number;
  }

  /**
   * Passes on a message that was encoded elsewhere. With `answered` it is a request: its number is returned, and if the bus
   * does not accept it, only `accepted` is told.
   */
  forward(message: Forwarded, accepted: Accepted, answered?: Answered): number {
    if (!this.#spans) return this.#forward(message, undefined, accepted, answered);
    const { message: traced, span } = this.#spans.forwards(message);
    if (!span) return this.#forward(traced, span, accepted, answered);
    // A request that was accepted goes on until it is answered.
    const told: Accepted = answered
      ? (error) => (error ? tellingSpan(span, accepted)(error) : accepted(error))
      : tellingSpan(span, accepted);
    return this.#forward(traced, span, told, answered && answeringSpan(span, answered, message.many));
  }

  #forward(message: Forwarded, span: MessageSpan | undefined, accepted: Accepted, answered?: Answered): number {
    const { name } = message;
    const refused = this.#refusalOf(name);
    const deadlineMs = message.deadlineMs || defaultDeadlineMs;
    const nowMs = this.#clock.nowMs();
    const dueMs = nowMs + deadlineMs + forwardedGraceMs;
    const request: OpenRequest | undefined = answered && {
      name,
      id: "",
      activityId: textOf(message.activityId),
      dueMs,
      deadlineMs,
      answered,
      many: message.many ?? false,
      textMistake: undefined,
      span,
      handler: undefined,
      number: 0,
      carrier: undefined,
      entry: undefined,
    };
    if (refused || (request && !this.#mux.open(request))) {
      accepted(refused ?? tooManyRequests());
      return 0;
    }
    const number = request?.number ?? 0;
    const publish = publishOfForwarded(message, number);
    const entry = this.#outbound.publish(name, publish, message.confirmWithinMs, nowMs, (error) => {
      if (request) request.entry = undefined;
      if (error && number !== 0) this.#mux.abandon(number);
      accepted(error);
    });
    if (request) request.entry = entry;
    return number;
  }
}
