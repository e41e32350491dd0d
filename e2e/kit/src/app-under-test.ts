import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually } from "./eventually.ts";

/** A message from the bus, as an app gets it: docs/reference/http-api.md. */
export interface Message {
  readonly name: string;
  readonly payload: unknown;
  readonly id: string;
  readonly activityId: string;
  readonly responseTo?: string;
  readonly auth: unknown;
  readonly isSecurity: boolean;
  readonly sender: string;
  readonly timestamp: string;
  readonly responseTime: number;
  readonly attempt: number;
}

/** A delivery as the app's HTTP server got it. */
export interface Delivered {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The body, byte for byte. */
  readonly raw: Buffer;
  readonly message: Message;
}

/** Answers a delivery. Returns the body of a 200, or answers the response itself. */
export type Handler = (
  delivered: Delivered,
  response: ServerResponse,
) => string | object | undefined | Promise<string | object | undefined>;

/** An app as anyone would write it: an HTTP server that takes deliveries. Plain Node, nothing of ours. */
export class AppUnderTest {
  readonly deliveries: Delivered[] = [];
  readonly #handlers = new Map<string, Handler>();
  readonly #gets = new Map<string, () => number>();
  #server: Server | undefined;
  #port = 0;

  get port(): number {
    return this.#port;
  }

  static async start(port = 0): Promise<AppUnderTest> {
    const app = new AppUnderTest();
    await app.listen(port);
    return app;
  }

  /** Opens its port: the one that it had before, unless told otherwise. */
  async listen(port: number = this.#port): Promise<void> {
    this.#server = createServer((request, response) => {
      const status = request.method === "GET" && this.#gets.get(request.url ?? "");
      if (status) return void response.writeHead(status()).end();
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const raw = Buffer.concat(chunks);
        const { method = "", url: path = "", headers } = request;
        const message = JSON.parse(raw.toString("utf8")) as Message;
        const delivered = { method, path, headers, raw, message };
        this.deliveries.push(delivered);
        void this.#answer(delivered, response);
      });
    });
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** How it answers messages of a name from now on. Without a handler: 200, with nothing to say. */
  on(name: string, handler: Handler): void {
    this.#handlers.set(name, handler);
  }

  /** The status with which it answers GET of a path from now on. */
  answerGet(path: string, status: () => number): void {
    this.#gets.set(path, status);
  }

  /** The messages of a name, as they came. */
  received(name: string): Delivered[] {
    return this.deliveries.filter(({ message }) => message.name === name);
  }

  /** Waits for the nth message of a name. */
  delivery(name: string, nth = 1): Promise<Delivered> {
    return eventually(`delivery ${nth} of '${name}'`, () => this.received(name)[nth - 1]);
  }

  /** Forgets handlers and deliveries. */
  reset(): void {
    this.#handlers.clear();
    this.deliveries.length = 0;
  }

  /** Closes its port and cuts its connections. */
  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  async #answer(delivered: Delivered, response: ServerResponse): Promise<void> {
    const body = await this.#handlers.get(delivered.message.name)?.(delivered, response);
    if (response.writableEnded || response.destroyed) return;
    response.end(typeof body === "object" ? JSON.stringify(body) : (body ?? ""));
  }
}
