import { request } from "@exosphere/http/node-http";
import { CommandFailure } from "./failure.ts";

/** What is called, and how long. */
export interface HttpCall {
  readonly url: URL;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** How long the answer may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** What was answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
  /** When it was answered, by the other side's clock, as HTTP has it. */
  readonly date: string | undefined;
}

/** Answers of processes of the mesh are far shorter: whatever sends more is something else. Bytes. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** Nothing, or nothing that speaks HTTP, answers. */
export class NoAnswer extends CommandFailure {
  /** The code of Node, such as ECONNREFUSED or TIMEOUT. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Makes one call, past the proxies of the environment: what is called is on this machine, or was named by its address.
 *
 * @throws NoAnswer
 */
export function callHttp({ url, method = "GET", headers = {}, body, timeoutMs }: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (error: NodeJS.ErrnoException) => {
      const code = signal.aborted ? "TIMEOUT" : (error.code ?? error.message);
      reject(new NoAnswer(code, `nothing answers at ${url.origin} (${code})`));
    };
    const length = body === undefined ? {} : { "content-length": String(body.byteLength) };
    const options = { agent: false, method, headers: { ...headers, ...length }, signal } as const;
    const call = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxAnswerBytes) response.destroy(new Error(`its answer has more than ${maxAnswerBytes} bytes`));
        else chunks.push(chunk);
      });
      response.once("error", fail);
      response.once("end", () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, body: Buffer.concat(chunks), date: headers.date });
      });
    });
    call.once("error", fail);
    call.end(body);
  });
}

/** An answer's body as an object; undefined if it is none. */
export function jsonOf({ body }: HttpAnswer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
