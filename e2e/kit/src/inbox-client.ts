import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Message } from "./app-under-test.ts";
import { eventually } from "./eventually.ts";
import { type EdgeAnswer, post } from "./messages.ts";

/** An event of a stream: HTML standard, section 9.2. */
export interface InboxEvent {
  readonly id: string;
  readonly data: string;
  readonly message: Message;
}

/** `GET /v1/inbox` as any client of server-sent events reads it, by Node's own HTTP client. */
export class InboxClient {
  readonly #port: number;
  readonly #call: ClientRequest;
  #response: IncomingMessage | undefined;
  #text = "";
  #onEvent: (event: InboxEvent) => void = () => {};
  readonly events: InboxEvent[] = [];
  /** Everything that came, as it came. */
  raw = "";
  status = 0;
  isClosed = false;

  private constructor(port: number, headers: Readonly<Record<string, string>>, path: string) {
    this.#port = port;
    this.#call = request({ host: "127.0.0.1", port, path, headers, agent: false });
    this.#call.on("error", () => {
      this.isClosed = true;
    });
    this.#call.on("response", (response) => {
      this.#response = response;
      this.status = response.statusCode ?? 0;
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => this.#read(chunk));
      response.on("error", () => {});
      response.on("close", () => {
        this.isClosed = true;
      });
    });
    this.#call.end();
  }

  /** Resolves once the head of the answer has come, whatever it is. */
  static async open(
    port: number,
    headers: Readonly<Record<string, string>> = {},
    path = "/v1/inbox",
  ): Promise<InboxClient> {
    const client = new InboxClient(port, headers, path);
    await eventually(
      "the head of the inbox",
      () => client.status !== 0 && (client.status !== 200 || client.raw !== ""),
    );
    return client;
  }

  get head(): IncomingMessage["headers"] {
    return this.#response?.headers ?? {};
  }

  /** The nth event. */
  event(nth = 1): Promise<InboxEvent> {
    return eventually(`event ${nth}`, () => this.events[nth - 1]);
  }

  /** `POST /v1/settle/<id>`. */
  settle(id: string, outcome: unknown = "done", headers: Record<string, string> = {}): Promise<EdgeAnswer> {
    return post(`http://127.0.0.1:${this.#port}/v1/settle/${id}`, JSON.stringify({ outcome }), headers);
  }

  /** Settles every event as it comes, those that came before as well. */
  settleAll(): void {
    const agent = new Agent({ keepAlive: true });
    const body = '{"outcome":"done"}';
    this.#onEvent = ({ id }) => {
      const options = { host: "127.0.0.1", port: this.#port, method: "POST", path: `/v1/settle/${id}`, agent };
      const call = request(options, (response) => response.resume());
      // What is no longer open when the test ends is of no interest.
      call.on("error", () => {});
      call.end(body);
    };
    for (const event of this.events) this.#onEvent(event);
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  closed(): Promise<true> {
    return eventually("the end of the inbox", () => this.isClosed || undefined, 20_000);
  }

  async stop(): Promise<void> {
    this.#call.destroy();
    this.isClosed = true;
  }

  #read(chunk: string): void {
    this.raw += chunk;
    this.#text += chunk;
    for (let end = this.#text.indexOf("\n\n"); end !== -1; end = this.#text.indexOf("\n\n")) {
      const block = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const [, id, data] = /^id: (.+)\ndata: (.*)$/s.exec(block) ?? [];
      if (id === undefined || data === undefined) continue;
      const event = { id, data, message: JSON.parse(data) as Message };
      this.events.push(event);
      this.#onEvent(event);
    }
  }
}
