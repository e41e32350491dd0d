import { webSocketBounds } from "@exosphere/http";
import { type Server, WebSocket, WebSocketServer } from "ws";

/** Codes with which `ws` closes of its own accord where it cannot read what came, or not in so many pieces: RFC 6455, section 7.4.1. */
export const protocolErrorCodes: ReadonlySet<number> = new Set([1002, 1007, 1008, 1009]);

/**
 * A WebSocket that sends no close frame of its own accord unless its client is known to survive one: the original Go client
 * panics on any. A client that says goodbye itself is answered.
 */
export class QuietSocket extends WebSocket {
  survivesClose = false;
  /** Is called as either side says goodbye. The event "close" waits until the client has closed its connection, for up to 30 s. */
  onGoodbye: (() => void) | undefined;

  override close(code?: number, data?: string | Buffer): void {
    if (!this.survivesClose && code !== undefined && protocolErrorCodes.has(code)) return this.terminate();
    this.onGoodbye?.();
    super.close(code, data);
  }
}

/** Makes such sockets of the upgrades of an HTTP server, for frames of up to so many bytes. */
export function quietServer(maxFrameBytes: number): Server<typeof QuietSocket> {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    ...webSocketBounds(maxFrameBytes),
    // UTF-8 is checked with the JSON: what is none is one bad frame, and no reason to lose the connection.
    skipUTF8Validation: true,
    WebSocket: QuietSocket,
  });
}
