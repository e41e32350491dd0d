import type { ExoError } from "@exosphere/proto";

/** What happens to a link, as it happens. */
export type LinkStatus =
  /** Attached: messages flow. */
  | { readonly kind: "attached"; readonly broker: string; readonly agent: string }
  /** No broker has this instance: the connection broke, or could not be made. Another attempt comes after `retryMs`. */
  | { readonly kind: "detached"; readonly broker: string; readonly error: ExoError; readonly retryMs: number }
  /** The broker told what the role may send and receive. */
  | { readonly kind: "routes"; readonly revision: number }
  /** The broker asks to attach elsewhere, and says why if it is not because it shuts down. */
  | { readonly kind: "move"; readonly withinMs: number; readonly detail: string }
  /** The stream that was left for another, or to come back later, has ended: with an error if not in order. */
  | { readonly kind: "left"; readonly broker: string; readonly error: ExoError | undefined }
  /** The link was closed and will not come back. */
  | { readonly kind: "closed" };
