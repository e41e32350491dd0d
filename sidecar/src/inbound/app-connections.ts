import { createRequire } from "node:module";
import type { buildConnector, Client } from "undici";

/** How long the app may take to accept a connection, in milliseconds. */
const connectMs = 2_000;

/** Idle time in milliseconds after which the app may have closed a connection without this process having noticed. */
const idleMs = 50;

/** A connection is used again for this part of the time after which the app was seen to close one that is idle. */
const trustedPart = 0.5;

/** One request at a time on each: a handler that takes long must not hold up another delivery behind it. */
const pipelining = 1;

/**
 * Of undici what a connection needs, loaded by the sidecars alone that have an app to call, and without what the package has
 * beside it: a fetch of its own, for which it loads that of Node as well. All of it takes 50 ms and 17 MiB, this 15 ms and 3 MiB.
 */
function loadUndici() {
  const require = createRequire(import.meta.url);
  return {
    Client: require("undici/lib/dispatcher/client.js") as typeof Client,
    buildConnector: require("undici/lib/core/connect.js") as typeof buildConnector,
  };
}

/** Shorter times say nothing of the app's habits, as when it restarts: connections are used again for at least half as long. Milliseconds. */
const leastKeptMs = 100;

/** A connection that no request has at the moment. */
interface FreeConnection {
  readonly connection: Client;
  readonly sinceMs: number;
}

/** A connection for one request. */
export interface TakenConnection {
  readonly connection: Client;
  /** It had a request before: the app may be about to close it. */
  readonly wasUsed: boolean;
  /** It had none for a while: that the app has closed it may be known only after the event loop has looked. */
  readonly wasIdle: boolean;
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
  readonly #free: FreeConnection[] = [];
  /** How long the app keeps an idle connection, as far as it was seen, in milliseconds. */
  #appKeepsMs = Number.POSITIVE_INFINITY;

  /** `origin`: where the app listens. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Takes a connection for one request. It is opened with the request, if it is not open. */
  take(): TakenConnection {
    const free = this.#free.pop();
    if (!free) return { connection: this.#open(), wasUsed: false, wasIdle: false };
    const { connection } = free;
    const forMs = performance.now() - free.sinceMs;
    if (forMs < this.#appKeepsMs * trustedPart) return { connection, wasUsed: true, wasIdle: forMs >= idleMs };
    this.drop(connection);
    return { connection: this.#open(), wasUsed: false, wasIdle: false };
  }

  /** The request that a connection was taken for has been answered: it is free for the next, which opens it again if need be. */
  giveBack(connection: Client): void {
    if (this.#all.has(connection)) this.#free.push({ connection, sinceMs: performance.now() });
  }

  /** The request that a connection was taken for failed, and the connection with it. */
  drop(connection: Client): void {
    this.#all.delete(connection);
    void connection.destroy();
  }

  #open(): Client {
    const client = new this.#undici.Client(this.#origin, { pipelining, connect: this.#connect });
    this.#all.add(client);
    client.on("disconnect", (_origin, _targets, error) => this.#closed(client, error));
    return client;
  }

  /** Learns from a connection that the app closed while it was idle. undici closes some by itself, with another code. */
  #closed(client: Client, { code }: Error & { readonly code?: string }): void {
    if (code !== "UND_ERR_SOCKET" && code !== "ECONNRESET") return;
    const free = this.#free.find(({ connection }) => connection === client);
    if (free) this.#appKeepsMs = Math.max(leastKeptMs, Math.min(this.#appKeepsMs, performance.now() - free.sinceMs));
  }

  /** Breaks them off. */
  async close(): Promise<void> {
    const all = [...this.#all];
    this.#all.clear();
    this.#free.length = 0;
    await Promise.all(all.map((client) => client.destroy()));
  }
}
