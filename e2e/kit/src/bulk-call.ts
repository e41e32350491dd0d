import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { eventually } from "./eventually.ts";

/** `POST /v1/send` by Node's own HTTP client: lines go out and answers come in on one connection, at the same time. */
export class BulkCall {
  readonly #call: ClientRequest;
  #response: IncomingMessage | undefined;
  #text = "";
  status = 0;
  hasEnded = false;
  error: Error | undefined;

  constructor(port: number, headers: Readonly<Record<string, string>> = {}) {
    this.#call = request({ host: "127.0.0.1", port, method: "POST", path: "/v1/send", headers, agent: false });
    this.#call.on("error", (error) => {
      this.error = error;
    });
    this.#call.on("response", (response) => {
      this.#response = response;
      this.status = response.statusCode ?? 0;
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        this.#text += chunk;
      });
      response.on("end", () => {
        this.hasEnded = true;
      });
      response.on("error", () => {});
    });
  }

  /** The answers that have come, as JSON. */
  get answers(): Record<string, unknown>[] {
    return this.#text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  get mediaType(): string | undefined {
    return this.#response?.headers["content-type"];
  }

  /** False: what was written before waits to be taken. */
  write(text: string | Buffer): boolean {
    return this.#call.write(text);
  }

  end(text = ""): void {
    this.#call.end(text);
  }

  /** Resolves when what was written has left. */
  drained(): Promise<void> {
    return new Promise((resolve) => this.#call.once("drain", resolve));
  }

  /** Reads no answers for now. */
  pause(): void {
    if (this.#response) this.#response.pause();
    else this.#call.once("response", (response) => response.pause());
  }

  resume(): void {
    this.#response?.resume();
  }

  /** Waits for so many answers. */
  answered(count: number): Promise<Record<string, unknown>[]> {
    return eventually(`${count} answers`, () => this.answers.length >= count && this.answers, 30_000);
  }

  /** Waits for the end, and gives all answers. */
  async finished(): Promise<Record<string, unknown>[]> {
    await eventually("the last answer", () => this.hasEnded || this.error !== undefined, 30_000);
    if (this.error) throw this.error;
    return this.answers;
  }

  async stop(): Promise<void> {
    this.#call.destroy();
  }
}
