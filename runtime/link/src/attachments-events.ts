import type { ExoError } from "@exosphere/proto";
import type { Attachment, AttachmentEvents } from "./attachment.ts";
import type { LinkStatus } from "./link-status.ts";

/** What the holder of the attachments is told, beside what each of them says. */
export interface AttachmentsEvents
  extends Pick<
    AttachmentEvents,
    | "delivery"
    | "malformed"
    | "undeliverable"
    | "answered"
    | "unwanted"
    | "mayWaitAgain"
    | "waitAgain"
    | "writable"
    | "progressed"
  > {
  status(status: LinkStatus): void;
  /** The second takes the place of the first, which has ended: what was asked there is answered here. */
  resumed(from: Attachment, to: Attachment): void;
  /** Replies to what was sent there can come no more. */
  abandonedBy(attachment: Attachment, error: ExoError): void;
  /** An attachment has ended. */
  ended(): void;
}
