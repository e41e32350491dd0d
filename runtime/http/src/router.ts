import type { IncomingMessage, ServerResponse } from "node:http";
import { Refusal } from "@exosphere/message";
import type { Access } from "./page-check.ts";
import { sendStatusProblem } from "./send-problem.ts";

/** What a server serves: a method at a path. */
export interface Route {
  /** A GET is the answer to a HEAD as well: Node leaves its body out. */
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** "/status". One that ends in `/` takes everything below it: "/v1/send/" serves "/v1/send/users.create". */
  readonly path: string;
  /** What stands behind a path that ends in `/`, for people. Default: "name". */
  readonly rest?: string;
  /** What it lets callers do, from which follows who may call. Default: `change`. */
  readonly access?: Access;
}

/** What a server says of paths that no route serves. */
export interface RouterOptions {
  /** What a caller needs to be told that there is nothing. Default: `read`, as a list of the routes is what it gets. */
  readonly elsewhere?: Access;
  /** What the list names beside the routes: "WebSocket /v1/socket". */
  readonly alsoServed?: readonly string[];
}

/** Where a request leads. */
export interface RouteMatch<Served extends Route = Route> {
  /** Without the query, as it came. */
  readonly path: string;
  /** Undefined: nothing is there, or not for this method. */
  readonly route: Served | undefined;
  readonly access: Access;
}

/**
 * What follows the path of a route in that of a request, percent-decoded exactly once. Asked for, rather than a part of the match, so that
 * a caller can be counted before it is found to have encoded it wrongly. Throws a Refusal if it is not percent-encoded UTF-8.
 */
export function restOf({ path, route }: RouteMatch): string {
  const encoded = path.slice(route?.path.length);
  // Most names are plain, and decodeURIComponent costs as much as everything else here.
  if (!encoded.includes("%")) return encoded;
  try {
    return decodeURIComponent(encoded);
  } catch {
    const what = route?.rest ?? "name";
    throw new Refusal(
      `The ${what} in the path is not percent-encoded UTF-8. Encode it once, as encodeURIComponent does.`,
    );
  }
}

/** Finds the route of each request, and answers those that no route serves. The one table of what a server serves. */
export class Router<Served extends Route> {
  readonly #exact = new Map<string, readonly Served[]>();
  /** Those that take everything below them: a few, so that they are looked through. */
  readonly #below: readonly Served[];
  readonly #list: readonly string[];
  readonly #elsewhere: Access;

  constructor(routes: readonly Served[], { elsewhere = "read", alsoServed = [] }: RouterOptions = {}) {
    this.#elsewhere = elsewhere;
    this.#below = routes.filter(({ path }) => path.endsWith("/"));
    for (const route of routes) this.#exact.set(route.path, [...(this.#exact.get(route.path) ?? []), route]);
    this.#list = [...routes.map(textOf), ...alsoServed];
  }

  /** Where a request leads. */
  find({ method, url = "/" }: Pick<IncomingMessage, "method" | "url">): RouteMatch<Served> {
    const path = pathOf(url);
    const routes = this.#at(path);
    const route = routes.find((each) => each.method === (method === "HEAD" ? "GET" : method));
    // Who may probe a path may hear as well which methods it takes.
    const isProbed = routes.some(({ access }) => access === "probe");
    const access = route ? (route.access ?? "change") : isProbed ? "probe" : this.#elsewhere;
    return { path, route, access };
  }

  /** Answers a request that no route serves: 404 for its path, or 405, with `allow`, for its method. Both list what there is. */
  answerUnserved(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request.url ?? "/");
    const allowed = this.#at(path).flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
    // The rest of a body that nobody reads must not be taken for the next request.
    const headers = request.headers["content-length"] === undefined ? {} : { connection: "close" };
    const detail = `There is no ${request.method} ${path.slice(0, maxShownPath)} here. There is: ${this.#list.join(", ")}.`;
    const facts = { endpoints: this.#list };
    if (allowed.length === 0) sendStatusProblem(response, 404, detail, { headers, facts });
    else sendStatusProblem(response, 405, detail, { headers: { ...headers, allow: allowed.join(", ") }, facts });
  }

  #at(path: string): readonly Served[] {
    return this.#exact.get(path) ?? this.#below.filter((each) => path.startsWith(each.path));
  }
}

/** Characters of a path that an answer repeats: nobody reads more. */
const maxShownPath = 200;

/** The path of a request's target, without its query. */
function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

/** The query of a request. */
export function queryOf({ url = "" }: Pick<IncomingMessage, "url">): URLSearchParams {
  const query = url.indexOf("?");
  return new URLSearchParams(query === -1 ? "" : url.slice(query + 1));
}

/** "POST /v1/send/<name>". */
function textOf({ method, path, rest = "name" }: Route): string {
  return `${method} ${path}${path.endsWith("/") ? `<${rest}>` : ""}`;
}
