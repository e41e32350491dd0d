import { createRequire } from "node:module";
import type { buildConnector, Client } from "undici";

/** How long the app may take to accept a connection, in milliseconds. */
const connectMs = 2_000;

/** One request at a time on each: a handler that takes long must not hold up another delivery behind it. */
const pipelining = 1;

/**
 * Of undici what a connection needs, loaded by the sidecars alone that have an app to call, and without what the package has
 * beside it: a fetch of its own, for which it loads that of Node as well. All of it takes 50 ms and 17 MiB, this 15 ms and 3 MiB.
 */
function loadUndici() {
  const load = createRequire(import.meta.url);
  return {
    Client: load("undici/lib/dispatcher/client.js") as typeof Client,
    buildConnector: load("undici/lib/core/connect.js") as typeof buildConnector,
  };
}

/**
 * The connections to the app, as many as there are deliveries, which the broker limits: a handler that waits for a reply gives
 * its slot to another delivery; that one must not wait here for a connection, as it may be what the reply depends on.
 *
 * The one that was given back last is taken first, so that those beyond what is needed fall asleep. undici's own pool asks each
 * of its connections in turn whether it is free: a delivery took 25 µs with it and takes 22 with 64 connections, 31 and 28 with 256.
 */
export class AppConnections {
  readonly #origin: string;
  readonly #undici = loadUndici();
  readonly #connect = this.#undici.buildConnector({ timeout: connectMs });
  readonly #all = new Set<Client>();
  readonly #free: Client[] = [];

  /** `origin`: where the app listens. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Takes a connection for one request. It is opened with the request, if it is not open. */
  take(): Client {
    const free = this.#free.pop();
    if (free) return free;
    const client = new this.#undici.Client(this.#origin, { pipelining, connect: this.#connect });
    this.#all.add(client);
    return client;
  }

  /** The request that a connection was taken for has been answered: it is free for the next, which opens it again if need be. */
  giveBack(connection: Client): void {
    if (this.#all.has(connection)) this.#free.push(connection);
  }

  /** The request that a connection was taken for failed, and the connection with it. */
  drop(connection: Client): void {
    this.#all.delete(connection);
    void connection.destroy();
  }

  /** Breaks them off. */
  async close(): Promise<void> {
    const all = [...this.#all];
    this.#all.clear();
    this.#free.length = 0;
    await Promise.all(all.map((client) => client.destroy()));
  }
}
