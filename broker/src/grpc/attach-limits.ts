import { defaultMaxUnreadBytes } from "@exosphere/frames";

/** What a broker takes of those who attach. */
export interface AttachLimits {
  /** Instances at once, and those that are remembered after they have gone. */
  readonly maxInstances: number;
  /** Bytes that may wait for an instance that does not read, before its stream ends. */
  readonly maxUnreadBytes: number;
  /** Memory for what was refused to instances that may not have heard of it, in bytes. */
  readonly maxRefusalBytes: number;
}

/** The limits of a broker that was told nothing. */
export const defaultAttachLimits: AttachLimits = {
  // Each costs some 50 KiB; a broker of Node serves hundreds, not tens of thousands.
  maxInstances: 10_000,
  maxUnreadBytes: defaultMaxUnreadBytes,
  // 50,000 refusals: those of fifty instances that all lose their connection while their messages are refused.
  maxRefusalBytes: 16 * 1024 * 1024,
};
