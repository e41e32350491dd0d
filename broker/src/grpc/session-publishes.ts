import { messageOverheadBytes, type ServedStream } from "@exosphere/frames";
import type { AttachRequest, Confirmation, Refusal } from "@exosphere/proto";
import type { AttachedInstance } from "../core/attachments.ts";
import type { Exocom } from "../core/exocom.ts";
import { Undecided } from "../core/undecided.ts";
import { refusalOf } from "./failures.ts";
import type { ResumableSession } from "./resumable-sessions.ts";
import { unsupportedPublish } from "./unsupported.ts";

/** What a run of confirmations takes in a frame, in bytes: two numbers of up to eight bytes, tags and a length. */
const confirmationBytes = 20;

/** What a session's publishes go through. */
export interface SessionPublishesOptions {
  readonly exocom: Exocom;
  readonly stream: ServedStream;
  readonly instance: AttachedInstance;
  readonly session: ResumableSession;
}

/** The publishes of one stream: takes each once, however often it is sent, and confirms it. */
export class SessionPublishes {
  readonly #options: SessionPublishesOptions;

  constructor(options: SessionPublishesOptions) {
    this.#options = options;
    options.session.tell = (sequence, refusal) =>
      this.#confirm([{ first: sequence, last: sequence }], refusal ? [refusal] : []);
  }

  /** Takes the publishes of a frame. */
  take({ publishes, firstSequence }: AttachRequest): void {
    const { exocom, stream, instance, session } = this.#options;
    // The instance knows by now what the broker had forgotten, and goes on with higher sequences.
    session.unknownThrough = 0;
    const refusals: Refusal[] = [];
    let isAwaited = false;
    let sequence = firstSequence;
    exocom.expect(publishes);
    for (const publish of publishes) {
      // What was taken before the connection broke comes again, and is confirmed again, but not published again.
      if (sequence > session.takenThrough) {
        const decision = unsupportedPublish(publish) ?? exocom.publish(instance, publish);
        session.takenThrough = sequence;
        if (decision instanceof Undecided) session.holds(sequence, decision);
        else if (decision) refusals.push(refusalOf(sequence, decision));
        // Whoever sent a request waits for the reply, and whoever replied is done; all others wait for this confirmation.
        isAwaited ||= decision !== undefined || (publish.request === 0 && publish.replyRequest === 0);
      }
      sequence += 1;
    }
    const confirmation = { first: firstSequence, last: sequence - 1 };
    if (session.undecided.size > 0) this.#confirm(session.decidedOf(confirmation), refusals);
    else if (isAwaited) this.#confirm([confirmation], refusals);
    else stream.frame(messageOverheadBytes, "unhurried").confirmations.push(confirmation);
    if (refusals.length > 0) session.remember(refusals);
  }

  #confirm(confirmations: readonly Confirmation[], refusals: readonly Refusal[]): void {
    if (confirmations.length === 0) return;
    const bytes = refusals.reduce(
      (sum, { detail }) => sum + 2 * detail.length + messageOverheadBytes,
      messageOverheadBytes + confirmations.length * confirmationBytes,
    );
    const response = this.#options.stream.frame(bytes);
    for (const confirmation of confirmations) response.confirmations.push(confirmation);
    for (const refusal of refusals) response.refusals.push(refusal);
  }
}
