import { readFileSync } from "node:fs";
import { Agent, type RequestOptions, request } from "node:https";

/** How to reach the API server of a cluster. */
export interface ApiAccess {
  /** "https://10.0.0.1:443". */
  readonly url: string;
  /** File with the authority of the API server, in PEM. */
  readonly caFile: string;
  /** File with the token of the service account. The kubelet renews it, so it is read for each call. */
  readonly tokenFile: string;
}

/** What the API server answered. */
export interface ApiAnswer {
  readonly status: number;
  /** Undefined: the body was not a JSON object. */
  readonly object: Readonly<Record<string, unknown>> | undefined;
}

/** A call. */
export interface ApiCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  readonly path: string;
  readonly body?: unknown;
  /** Of the body. Default: application/json. */
  readonly mediaType?: string;
}

/** How long a call may take, in milliseconds: API servers that elect a leader of their store take seconds. */
const timeoutMs = 15_000;

/** Largest answer, in bytes: objects of Kubernetes have 1.5 MiB at most. */
const maxAnswerBytes = 4 * 1024 * 1024;

/**
 * Calls the API server of a cluster as the service account of its pod. Four calls are all that is needed here, and a client library
 * for all of Kubernetes has 40 MB.
 */
export class ApiClient {
  readonly #access: ApiAccess;
  readonly #agent: Agent;

  /** Throws what the file system says if the authority cannot be read. */
  constructor(access: ApiAccess) {
    this.#access = access;
    this.#agent = new Agent({ ca: readFileSync(access.caFile), keepAlive: true, maxSockets: 2 });
  }

  /** Makes a call. Resolves to the answer, whatever its status. Rejects with an Error if there is none. */
  call({ method, path, body, mediaType = "application/json" }: ApiCall): Promise<ApiAnswer> {
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = {
      accept: "application/json",
      authorization: `Bearer ${readFileSync(this.#access.tokenFile, "utf8").trim()}`,
      ...(content && { "content-type": mediaType, "content-length": content.length }),
    };
    const signal = AbortSignal.timeout(timeoutMs);
    return exchange(new URL(path, this.#access.url), { method, headers, agent: this.#agent, signal }, content).catch(
      (error: Error) => {
        const reason = signal.aborted ? `no answer within ${timeoutMs} ms` : error.message;
        throw new Error(`${method} ${path} at ${this.#access.url}: ${reason}`, { cause: error });
      },
    );
  }

  /** Closes its connections. */
  close(): void {
    this.#agent.destroy();
  }
}

function exchange(url: URL, options: RequestOptions, content: Buffer | undefined): Promise<ApiAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
  const sent = request(url, options, (response) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    response.on("data", (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > maxAnswerBytes) response.destroy(new Error(`the answer has more than ${maxAnswerBytes} bytes`));
      else pieces.push(piece);
    });
    response.on("error", reject);
    response.on("end", () => resolve({ status: response.statusCode ?? 0, object: objectIn(Buffer.concat(pieces)) }));
  });
  sent.on("error", reject);
  sent.end(content);
  return promise;
}

function objectIn(body: Buffer): ApiAnswer["object"] {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as ApiAnswer["object"]) : undefined;
  } catch {
    return undefined;
  }
}

/** The Error for an answer that is none of those expected. `call` says what was tried: "reading Secret a/b". */
export function unexpected(call: string, { status, object }: ApiAnswer): Error {
  const message = typeof object?.message === "string" ? object.message.slice(0, 500) : "no message";
  return new Error(`${call}: the API server answered ${status} (${message})`);
}
