import { randomUUID } from "node:crypto";
import { type ExoError, problemOf } from "@exosphere/proto";
import type { Log, Notices } from "@exosphere/telemetry";
import { frameNames } from "../core/app-frame.ts";

/** What a refusal is about: a message of the client, as far as it says. */
export interface RefusedMessage {
  readonly name?: string;
  readonly id: string;
  readonly activityId: string;
}

const nothing: RefusedMessage = { id: "", activityId: "" };

/** What refusing needs. */
export interface SocketRefusalsOptions {
  /** The role of the socket, once it is registered. */
  readonly role: () => string | undefined;
  /** Whether the client understands errors, and is there. */
  readonly understands: () => boolean;
  readonly send: (frame: string) => void;
  readonly notices: Notices;
  readonly log: Log;
}

/** What one socket refuses: dropped, and said why in the log and to a client that understands. */
export class SocketRefusals {
  readonly #options: SocketRefusalsOptions;

  constructor(options: SocketRefusalsOptions) {
    this.#options = options;
  }

  /** Drops what the client sent. */
  refuse(error: ExoError, { name = "", id, activityId }: RefusedMessage = nothing): void {
    const { role, notices, log } = this.#options;
    const facts = { registeredAs: role(), ...(name !== "" && { messageName: name }), id, activityId };
    if (error.reason === "INTERNAL") log.error({ ...facts, err: error.cause }, "unexpected error");
    else notices.warn({ ...facts, reason: error.reason }, `refused what a WebSocket sent: ${error.detail}`);
    this.tell(error, { id, activityId });
  }

  /** Tells the client alone. */
  tell(error: ExoError, { id, activityId }: RefusedMessage = nothing): void {
    const { understands, send } = this.#options;
    if (!understands()) return;
    const payload = { ...problemOf(error), id, activityId };
    send(JSON.stringify({ name: frameNames.error, payload, id: randomUUID(), activityId, sender: "" }));
  }
}
