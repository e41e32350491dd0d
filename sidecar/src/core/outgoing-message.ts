import { checkId, completeMessage, type Draft, messageFields } from "@exosphere/message";
import type { Outgoing } from "./bus.ts";
import type { Received, ReceivedMessages } from "./received.ts";

/** What the app said of where its message belongs, checked. */
interface Named {
  readonly responseTo: string | undefined;
  readonly activityId: string | undefined;
}

/** What is known of the messages that the app received. */
export type Memory = Pick<ReceivedMessages, "byId" | "byActivity" | "repliedTo" | "handling" | "tracedIn">;

const none = new Uint8Array(0);

/** Completes an app's messages: ids, what they reply to, and what is passed on from there. */
export class MessageCompleter {
  readonly #received: Memory;
  readonly #newId: () => string;

  constructor(received: Memory, newId: () => string) {
    this.#received = received;
    this.#newId = newId;
  }

  /** A message that the app sends of its own accord, or as a reply. Throws a Refusal. */
  complete(draft: Draft): Outgoing {
    const named = this.#named(draft);
    const isGuess = named.responseTo === undefined;
    const repliedTo = isGuess ? this.#received.byActivity(named.activityId ?? "") : named.repliedTo;
    return { ...this.#completed(draft, named, repliedTo), isReplyGuessed: isGuess };
  }

  /** A reply in the app's answer to a delivery. Throws a Refusal. */
  completeReply(draft: Draft, repliedTo: Received): Outgoing {
    this.#received.repliedTo(repliedTo);
    const named = { responseTo: repliedTo.id, activityId: repliedTo.activityId };
    return { ...this.#completed(draft, named, repliedTo), isReplyGuessed: false };
  }

  /** A request of the app. It replies to what it names, but not to the request in whose activity it merely stands. */
  completeRequest(draft: Draft, defaultDeadlineMs: number): Outgoing {
    const named = this.#named(draft);
    const message = this.#completed(draft, named, named.repliedTo, defaultDeadlineMs);
    return { ...message, handling: this.#received.handling(message.activityId) };
  }

  /** What the app said of where its message belongs. */
  #named(draft: Draft): Named & { readonly repliedTo: Received | undefined } {
    const responseTo = checkId(draft.responseTo, messageFields.responseTo.header);
    const activityId = checkId(draft.activityId, messageFields.activityId.header);
    const repliedTo = responseTo === undefined ? undefined : this.#received.byId(responseTo, activityId);
    if (repliedTo) this.#received.repliedTo(repliedTo);
    return { responseTo, activityId, repliedTo };
  }

  #completed(
    draft: Draft,
    { responseTo, activityId }: Named,
    repliedTo: Received | undefined,
    defaultDeadlineMs = 0,
  ): Outgoing {
    // What the app says of its trace; else that of what its message follows from, as most apps know nothing of traces.
    const traced = draft.traceparent === undefined ? (repliedTo ?? this.#received.tracedIn(activityId)) : draft;
    const message = completeMessage(draft, {
      id: checkId(draft.id, messageFields.id.header) ?? this.#newId(),
      activityId: activityId ?? repliedTo?.activityId ?? this.#newId(),
      responseTo: responseTo ?? repliedTo?.id ?? "",
      auth: draft.auth ?? repliedTo?.auth ?? none,
      traceparent: traced?.traceparent ?? "",
      tracestate: traced?.tracestate ?? "",
      deadlineMs: draft.deadlineMs ?? defaultDeadlineMs,
    });
    return { ...message, returnPath: repliedTo?.returnPath };
  }
}
