import type { TokenFiles } from "@exosphere/settings";
import { callerGuard } from "../caller-guard.ts";
import { ConnectionCount } from "../connection-count.ts";
import { registerConnections } from "../connection-metrics.ts";
import { answerRoutes, type Endpoint } from "../endpoint.ts";
import { closeGently } from "../gentle-close.ts";
import { type ListenOptions, listen } from "../listen.ts";
import { createServer } from "../node-http.ts";
import { Router } from "../router.ts";
import type { AcceptedTokens } from "../token-guard.ts";
import { type AdminSubject, adminEndpoints } from "./endpoints.ts";

/** Where the admin server of a process listens, what it shows, and to whom. */
export interface AdminOptions extends ListenOptions, AdminSubject {
  /** One of them is needed for all but /livez and /readyz, if they are given. */
  readonly tokens?: AcceptedTokens | undefined;
  /** Of the process, for metrics and /readyz. */
  readonly tokenFiles?: TokenFiles;
  /** Those that this process has beside what every process has. */
  readonly endpoints?: readonly Endpoint[];
  /** Names in the Host header that are served beside localhost and `host`. */
  readonly hosts?: readonly string[];
  /** Connections at once; more are closed. Default: 1,000, as in `adminSettings`. */
  readonly maxConnections?: number;
}

/** Connections at once where nobody says otherwise: what probes, Prometheus and people need, several times over. */
const defaultMaxConnections = 1_000;

/** An admin server that listens. */
export interface AdminServer {
  readonly port: number;
  /** Stops listening and cuts open connections. */
  close(): Promise<void>;
}

/**
 * Starts the admin server of a process: GET /livez, /readyz, /metrics, /settings, and GET or PUT /log-level. Rejects with a
 * StartError if the port cannot be bound.
 */
export async function startAdmin(options: AdminOptions): Promise<AdminServer> {
  const { tokenFiles, remarks = () => [] } = options;
  const endpoints = adminEndpoints({ ...options, remarks: () => [...(tokenFiles?.remarks() ?? []), ...remarks()] });
  const guard = callerGuard({
    listensOn: options.host,
    hosts: options.hosts ?? [],
    hostsSetting: "--admin-allow-hosts",
    tokens: options.tokens,
    tokenName: "the admin token",
  });
  tokenFiles?.register(options.registry);
  // Time-outs as at the JSON edge: whoever dawdles must not keep its connection.
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 30_000 });
  closeGently(server);
  server.on("request", answerRoutes(new Router([...endpoints, ...(options.endpoints ?? [])]), guard, options.log));
  server.maxConnections = options.maxConnections ?? defaultMaxConnections;
  registerConnections(options.registry, "exo_admin", "the admin port", new ConnectionCount(server));
  const port = await listen(server, options);
  return {
    port,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}
