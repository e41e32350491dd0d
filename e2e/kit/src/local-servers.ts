import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** HTTP servers on 127.0.0.1 that stand for what is outside, such as an identity provider. */
export class LocalServers {
  readonly #servers: Server[] = [];

  /** Serves, on a free port unless one is given. Resolves with the address. */
  async serve(handle: RequestListener, port = 0): Promise<string> {
    const server = createServer(handle).listen(port, "127.0.0.1");
    this.#servers.push(server);
    await new Promise((resolve) => server.once("listening", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Ends all of them. */
  close(): void {
    for (const server of this.#servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  }
}
