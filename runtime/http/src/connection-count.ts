import type { Server, Socket } from "node:net";

/** Counts the connections of a server. */
export class ConnectionCount {
  /** Those that are open. */
  open = 0;
  /** Those that were closed at once, as there were too many: `server.maxConnections`. */
  refused = 0;

  constructor(server: Server) {
    server.on("connection", (socket: Socket) => {
      this.open += 1;
      socket.once("close", () => {
        this.open -= 1;
      });
    });
    server.on("drop", () => {
      this.refused += 1;
    });
  }
}
