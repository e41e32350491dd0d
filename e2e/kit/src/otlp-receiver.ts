import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually } from "./eventually.ts";
import { type ReceivedSpan, spansOfProtobuf } from "./otlp-decoding.ts";

/** Takes traces by OTLP/HTTP as a collector does, and keeps them. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        this.headers.push(request.headers);
        const isTraces = request.url === "/v1/traces" && request.headers["content-type"] === "application/x-protobuf";
        if (isTraces) this.spans.push(...spansOfProtobuf(Buffer.concat(chunks)));
        response.writeHead(isTraces ? 200 : 415, { "content-type": "application/x-protobuf" }).end();
      });
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  /** The variables that have a process send its traces here, soon after each span has ended. */
  get env(): Record<string, string> {
    const { port } = this.#server.address() as AddressInfo;
    return { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_BSP_SCHEDULE_DELAY: "50" };
  }

  /** Waits until a trace has so many spans. Gives them in the order in which they began. */
  async trace(traceId: string, count: number): Promise<ReceivedSpan[]> {
    const spans = () => this.spans.filter((span) => span.traceId === traceId);
    await eventually(`${count} spans of trace ${traceId}, of which there are ${spans().length}`, () => {
      return spans().length >= count;
    });
    return spans().sort((a, b) => Number(a.startNanos - b.startNanos));
  }

  /** Waits for a span of this name. */
  span(name: string): Promise<ReceivedSpan> {
    return eventually(`a span '${name}'`, () => this.spans.find((span) => span.name === name));
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}
