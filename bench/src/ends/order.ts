import type { Json } from "./ends.ts";

/** What a part is asked to do over its IPC channel. Answered with a `Measured`, a `Received`, or what came back. */
export type Order =
  | { readonly kind: "closed"; readonly inFlight: number; readonly windowMs: number; readonly bytes: number }
  | { readonly kind: "paced"; readonly perSecond: number; readonly windowMs: number; readonly bytes: number }
  | { readonly kind: "fill"; readonly messages: number; readonly bytes: number }
  | { readonly kind: "verify"; readonly value: Json }
  | { readonly kind: "received" };
