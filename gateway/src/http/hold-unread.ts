import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Share } from "@exosphere/collections";
import { Unread } from "../core/unread.ts";

/** How long a caller may read nothing of an answer that waits for it, in milliseconds: as long as a connection may be idle. */
const unreadMs = 30_000;

/**
 * Counts an answer that was written for the share of its address, until it is read. One that takes nothing off the connection for
 * 30 s, or has more waiting than there is room for, is cut off: it would hold the answers for ever. Called after `end`.
 */
export function holdUnread(
  response: ServerResponse,
  share: Share<"address">,
  address: string,
  idleMs = unreadMs,
): void {
  // What the system has taken already is not held here: so it is with nearly all.
  const bytes = response.writableLength;
  if (bytes === 0) return;
  const { socket: connection } = response.req;
  const unread = new Unread(share, address);
  if (!unread.set(bytes)) return void connection.destroy();
  response.once("close", () => unread.set(0));
  // An answer whose turn has not come waits for those before it.
  if (response.socket) limitIdle(response, connection, idleMs);
  else response.once("socket", () => limitIdle(response, connection, idleMs));
}

/** Node ends a connection that is idle for so long, where nobody listens for it. Writing part of an answer counts. */
function limitIdle(response: ServerResponse, connection: Socket, idleMs: number): void {
  connection.setTimeout(idleMs);
  // Before Node sets the time for which it waits for the next request.
  response.prependOnceListener("finish", () => connection.setTimeout(0));
}
