import { Buffer } from "node:buffer";
import { decodeEnvelope, encodeEnvelope, type MessageSpan, type MessageTracer } from "@exosphere/frames";
import { type Envelope, ExoError } from "@exosphere/proto";
import type { Outcome } from "@exosphere/proto/outcomes";
import type { Forwarded } from "./forwarded.ts";
import { type Incoming, textOf } from "./incoming.ts";
import type { Answered } from "./open-request.ts";
import type { Accepted, Outgoing } from "./outgoing.ts";

/** What settlements that are not a success are called in spans: as in metrics. Undefined: a success, or no end. */
const failures: Readonly<Record<Outcome, string | undefined>> = {
  done: undefined,
  answered: undefined,
  working: undefined,
  retry: "retry",
  failed: "handler_failed",
  dead: "dead",
  returned: "returned",
};

/** A message that is passed on, and its span if it has one. */
export interface TracedForward {
  readonly message: Forwarded;
  readonly span: MessageSpan | undefined;
}

/** The spans of what goes over a link. A link that nobody traces has none of this. */
export class LinkSpans {
  readonly #tracer: MessageTracer;
  readonly #role: string;

  constructor(tracer: MessageTracer, role: string) {
    this.#tracer = tracer;
    this.#role = role;
  }

  /** The app sends a message. */
  sends(message: Outgoing): MessageSpan | undefined {
    const { name, id, activityId, payload } = message;
    const facts = { role: this.#role, name, id, activityId, bytes: Buffer.byteLength(payload), attempt: 0 };
    return this.#tracer.sends(facts, message);
  }

  /** The app sends a message that it has encoded itself: what it says of its trace is in the envelope. */
  forwards(message: Forwarded): TracedForward {
    let envelope: Envelope;
    try {
      envelope = decodeEnvelope(message.envelope);
    } catch {
      // Whoever receives it finds out.
      return { message, span: undefined };
    }
    const { id, payload } = envelope;
    const activityId = textOf(message.activityId);
    const facts = { role: this.#role, name: message.name, id: textOf(id), activityId, bytes: payload.byteLength };
    const span = this.#tracer.sends({ ...facts, attempt: 0 }, envelope);
    if (!span) return { message, span };
    return { message: { ...message, envelope: encodeEnvelope({ ...envelope, ...span.context }) }, span };
  }

  /** The app is about to be given a message. */
  processes(incoming: Incoming): void {
    const { name, id, activityId, attempt, envelope } = incoming;
    const facts = { role: this.#role, name, id, activityId, bytes: envelope.payload.byteLength, attempt };
    const span = this.#tracer.processes(facts, envelope);
    if (span) incoming.traced(span);
  }
}

/** Tells a span, too, whether its message was accepted. */
export function tellingSpan(span: MessageSpan, accepted: Accepted): Accepted {
  return (error) => {
    endWith(span, error);
    accepted(error);
  };
}

/** Tells a span, too, what its request was answered. */
export function answeringSpan(span: MessageSpan, answered: Answered, many = false): Answered {
  return (error, reply) => {
    if (reply) span.answeredBy(reply.envelope);
    if (!(many && reply?.isMore)) endWith(span, error);
    answered(error, reply);
  };
}

/** The app has settled a message that it was given. */
export function endSettled({ span }: Incoming, outcome: Outcome, detail: string): void {
  span?.end(failures[outcome], detail);
}

function endWith(span: MessageSpan, error: Error | undefined): void {
  if (!error) return span.end();
  const { reason, detail } = ExoError.from(error);
  span.end(reason.toLowerCase(), detail);
}
