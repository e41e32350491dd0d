import type { IncomingMessage, ServerResponse } from "node:http";

/** Answers one request. What it throws becomes a problem. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** One path of the admin server. */
export interface Endpoint {
  /** "/metrics". */
  readonly path: string;
  /** Whether it tells orchestrators that the process works: they have no token, and call by any name. */
  readonly isProbe?: boolean;
  /** Handler per method; HEAD is answered as GET. */
  readonly methods: Readonly<Partial<Record<"GET" | "PUT", Handler>>>;
}

/** The methods of an endpoint, for `Allow`. */
export function allowOf({ methods }: Endpoint): string {
  return Object.keys(methods)
    .flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]))
    .join(", ");
}
