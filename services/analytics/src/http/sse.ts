import type { ServerResponse } from "node:http";
import { endWithClient } from "@exosphere/http";

/** Bytes that may wait for a page that does not read. What comes beyond is left out: the next tells everything again. */
const maxWaitingBytes = 1024 * 1024;

/** How often a quiet stream shows that it is there, in milliseconds: proxies cut what is silent for 30 s. */
const heartbeatMs = 15_000;

/** What every stream begins with. */
export const streamHeaders = { "content-type": "text/event-stream", "cache-control": "no-store" } as const;

/** A stream of server-sent events to one page. */
export class EventStream {
  /** What was left out as the page did not read. */
  leftOut = 0;
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, streamHeaders);
    response.write(": hello\n\n");
    const timer = setInterval(() => response.write(": still here\n\n"), heartbeatMs);
    response.on("close", () => clearInterval(timer));
    endWithClient(response);
  }

  /** Sends a value as JSON. False: it was left out. */
  send(event: string, value: unknown): boolean {
    if (this.#response.writableLength > maxWaitingBytes) {
      this.leftOut += 1;
      return false;
    }
    this.#response.write(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
    return true;
  }

  onClose(run: () => void): void {
    this.#response.on("close", run);
  }
}
