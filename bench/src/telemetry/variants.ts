import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A way of running broker and sidecars. */
export interface Variant {
  readonly title: string;
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether somebody fetches the metrics of each process every second. */
  readonly isScraped?: boolean;
}

const withoutCounting = new URL("./without-counting.ts", import.meta.url).href;

/** The first is what the others are compared with. */
export function variants(collector: string): readonly Variant[] {
  const traced = (sampler: string, ratio?: string) => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    OTEL_TRACES_SAMPLER: sampler,
    ...(ratio !== undefined && { OTEL_TRACES_SAMPLER_ARG: ratio }),
  });
  return [
    { title: "nothing counted", execArgv: ["--import", withoutCounting] },
    { title: "counted" },
    { title: "counted, fetched every second", isScraped: true },
    { title: "traced, none sampled", env: traced("parentbased_always_off") },
    { title: "traced, 1 of 100 sampled", env: traced("parentbased_traceidratio", "0.01") },
    { title: "traced, all sampled", env: traced("parentbased_always_on") },
  ];
}

/** Takes traces and throws them away. Its CPU time is nobody's. */
export async function startCollector(): Promise<{ readonly server: Server; readonly address: string }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
