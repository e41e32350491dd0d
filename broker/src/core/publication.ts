import { messageFields } from "@exosphere/message";
import type { Failure } from "./failure.ts";
import { envelopeOverheadBytes } from "./limits.ts";
import { payloadTooLarge, wrongActivity } from "./refusals.ts";

/** Longest id of an activity, in bytes: characters have up to four. */
const maxActivityBytes = 4 * messageFields.activityId.form.maxCharacters;

/** A message as its sender publishes it. Structurally the contract's Publish. */
export interface Publication {
  readonly name: number;
  readonly activityId: Uint8Array;
  /** Milliseconds from now in which it is valid. 0: the default. Infinity: for ever. */
  readonly lifetimeMs: number;
  /** Not 0: the sender waits for a reply, and calls this request by this number. */
  readonly request: number;
  /** With `request`: the numbers of the handlers that wait for the answer, the sender's own last. */
  readonly awaiting: readonly number[];
  /** The requester that it replies to, or 0: the bus itself, or nobody. */
  readonly requester: number;
  /** Not 0: the request of that requester that it replies to. */
  readonly replyRequest: number;
  /** The return path is a guess: if the requester's role does not receive the message, it was no reply. */
  readonly replyGuessed: boolean;
  readonly envelope: Uint8Array;
  /** With `request`: the sender takes any number of replies. */
  readonly many: boolean;
  /** A reply after which this sender may give more. */
  readonly more: boolean;
}

/** What is wrong with the form of a message; undefined if nothing is. */
export function checkForm({ envelope, activityId }: Publication, maxPayloadBytes: number): Failure | undefined {
  if (envelope.byteLength > maxPayloadBytes + envelopeOverheadBytes) return payloadTooLarge(maxPayloadBytes);
  return hasActivity({ activityId }) ? undefined : wrongActivity;
}

/** Whether a message is of an activity that there can be. */
export function hasActivity({ activityId: { length } }: Pick<Publication, "activityId">): boolean {
  return length > 0 && length <= maxActivityBytes;
}
