/** A message as its sender publishes it. Structurally the contract's Publish. */
export interface Publish {
  readonly name: number;
  readonly activityId: Uint8Array;
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
