import type { Problem } from "./exo-error.ts";
import type { Message } from "./messages.ts";

/** What the gateway answers to `connect`. */
export interface Welcome {
  readonly type: "welcome";
  readonly session: string;
  readonly sessionId: string;
  readonly user?: string;
  readonly expiresAt?: string;
  readonly recovered: boolean;
  readonly offset: number;
  readonly pingMs: number;
  readonly maxPayload: number;
}

/** What the gateway answers to `refresh`. */
export interface Refreshed {
  readonly type: "refreshed";
  readonly ref?: number;
  readonly session: string;
  readonly user: string;
  readonly expiresAt: string;
}

/** A frame of control from the gateway. docs/reference/websocket.md has them all. */
export type ControlFrame =
  | Welcome
  | { readonly type: "accepted"; readonly ref: number; readonly id: string; readonly activityId: string }
  | { readonly type: "reply"; readonly ref: number; readonly message: Message }
  | { readonly type: "problem"; readonly ref?: number; readonly problem: Problem }
  | Refreshed
  | { readonly type: "subscribed" | "pong"; readonly ref?: number };

/** A pushed message. */
export type PushedFrame = Message & { readonly offset: number };

/** Whatever comes from the gateway: a frame with a `name` is a message. */
export type Frame = ControlFrame | PushedFrame;

/** Whether a frame is a message. */
export function isPushed(frame: Frame): frame is PushedFrame {
  return "name" in frame;
}
