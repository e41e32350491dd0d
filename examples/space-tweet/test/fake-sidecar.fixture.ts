import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json, text } from "node:stream/consumers";

/** What the fake sidecar answers to a request. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Takes `POST /v1/request/<name>` and the lines of `POST /v1/send` as a sidecar does, and answers as the test says. */
export class FakeSidecar {
  /** Name and payload of each request so far. */
  readonly requests: [name: string, payload: unknown][] = [];
  /** The messages of each bulk so far. */
  readonly bulk: unknown[][] = [];
  answers: () => Answer | Promise<Answer> = () => ({ status: 404, body: {} });
  /** Answers the request that is held. */
  release: (answer: Answer) => void = () => {};
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<FakeSidecar> {
    const sidecar = new FakeSidecar();
    sidecar.#server.listen(0, "127.0.0.1");
    await once(sidecar.#server, "listening");
    return sidecar;
  }

  /** How a service finds it. */
  get environment(): Record<string, string> {
    return { EXOCOM_HOST: "127.0.0.1", EXOCOM_PORT: String((this.#server.address() as AddressInfo).port) };
  }

  /** Holds the next request until `release()`; resolves when it has arrived. */
  hold(): Promise<void> {
    return new Promise((arrived) => {
      this.answers = () => {
        arrived();
        return new Promise((resolve) => {
          this.release = resolve;
        });
      };
    });
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/v1/send") this.bulk.push(parseLines(await text(request)));
    else this.requests.push([nameOf(request), await json(request)]);
    const { status, body } = await this.answers();
    response.writeHead(status).end(JSON.stringify(body));
  }
}

function nameOf(request: IncomingMessage): string {
  return decodeURIComponent(request.url?.replace("/v1/request/", "") ?? "");
}

function parseLines(lines: string): unknown[] {
  return lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
