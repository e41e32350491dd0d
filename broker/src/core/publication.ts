import type { Failure } from "./failure.ts";
import { envelopeOverheadBytes } from "./limits.ts";
import { payloadTooLarge, wrongActivity } from "./refusals.ts";

/** Longest id of an activity, in bytes: 255 characters of up to four. */
const maxActivityBytes = 1020;

/** A message as its sender publishes it. Structurally the contract's Publish. */
export interface Publication {
  readonly name: number;
  readonly activityId: Uint8Array;
  /** 0: the default. Infinity: none. */
  readonly deadlineMs: number;
  readonly request: number;
  readonly cause: number;
  readonly replyInstance: number;
  readonly replyRequest: number;
  readonly replyGuessed: boolean;
  readonly envelope: Uint8Array;
  readonly many: boolean;
  readonly more: boolean;
}

/** What is wrong with the form of a message, whoever receives it. */
export function checkForm({ envelope, activityId }: Publication, maxPayloadBytes: number): Failure | undefined {
  if (envelope.byteLength > maxPayloadBytes + envelopeOverheadBytes) return payloadTooLarge(maxPayloadBytes);
  const { length } = activityId;
  return length > 0 && length <= maxActivityBytes ? undefined : wrongActivity;
}
