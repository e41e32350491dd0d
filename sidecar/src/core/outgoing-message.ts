import type { Outgoing } from "./bus.ts";
import { checkId } from "./message-form.ts";
import type { ReceivedMessages } from "./received.ts";

/** What an app said of a message that it sends; the rest is filled in. */
export interface Draft {
  readonly name: string;
  /** JSON text, checked. Empty: none. */
  readonly payload: Uint8Array;
  readonly id?: string | undefined;
  readonly activityId?: string | undefined;
  readonly responseTo?: string | undefined;
  /** JSON text, checked. */
  readonly auth?: Uint8Array | undefined;
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  readonly deadlineMs?: number | undefined;
}

const none = new Uint8Array(0);

/** Completes an app's messages: ids, what they reply to, and what is passed on from there. */
export class MessageCompleter {
  readonly #received: ReceivedMessages;
  readonly #newId: () => string;

  constructor(received: ReceivedMessages, newId: () => string) {
    this.#received = received;
    this.#newId = newId;
  }

  /** A message that the app sends of its own accord, or as a reply. Throws a Refusal. */
  complete(draft: Draft): Outgoing {
    const responseTo = checkId(draft.responseTo, "exo-response-to");
    const activityId = checkId(draft.activityId, "exo-activity-id");
    const isGuess = responseTo === undefined;
    const repliedTo = isGuess ? this.#received.byActivity(activityId ?? "") : this.#received.byId(responseTo);
    return {
      name: draft.name,
      payload: draft.payload,
      id: checkId(draft.id, "exo-message-id") ?? this.#newId(),
      activityId: activityId ?? repliedTo?.activityId ?? this.#newId(),
      responseTo: responseTo ?? repliedTo?.id ?? "",
      auth: draft.auth ?? repliedTo?.auth ?? none,
      traceparent: draft.traceparent ?? "",
      tracestate: draft.tracestate ?? "",
      deadlineMs: draft.deadlineMs ?? 0,
      returnPath: repliedTo?.returnPath,
      isReplyGuessed: isGuess,
    };
  }

  /** A request of the app. It is no reply, even if it stands in the activity of one that is owed. */
  completeRequest(draft: Draft, defaultDeadlineMs: number): Outgoing {
    const responseTo = checkId(draft.responseTo, "exo-response-to");
    const activityId = checkId(draft.activityId, "exo-activity-id") ?? this.#newId();
    return {
      name: draft.name,
      payload: draft.payload,
      id: checkId(draft.id, "exo-message-id") ?? this.#newId(),
      activityId,
      responseTo: responseTo ?? "",
      auth: draft.auth ?? none,
      traceparent: draft.traceparent ?? "",
      tracestate: draft.tracestate ?? "",
      deadlineMs: draft.deadlineMs ?? defaultDeadlineMs,
      cause: this.#received.handling(activityId),
    };
  }
}
