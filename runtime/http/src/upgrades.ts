import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** An HTTP connection as Node keeps it: the response that is next to leave. Node's own handlers look at the same member. */
export type Connection = Duplex & {
  readonly _httpMessage?: (ServerResponse & { readonly req: IncomingMessage }) | null;
};

/**
 * Takes the requests for WebSockets. A connection is cut on which one comes before all that was asked earlier is answered: such an
 * answer would stand in the middle of the frames, where whoever reads them takes it for something else.
 */
export function onUpgrade(
  server: Server,
  take: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): void {
  server.on("upgrade", (request, socket: Connection, head) => {
    // The client may go at any moment.
    socket.on("error", () => {});
    if (socket._httpMessage) socket.destroy();
    else take(request, socket, head);
  });
}
