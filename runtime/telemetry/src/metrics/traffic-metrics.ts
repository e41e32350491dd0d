import type { Traffic } from "@exosphere/frames";
import { plainCounter } from "./plain-metric.ts";
import type { Registry } from "./registry.ts";

/** What the links of a process are called in its metrics. */
export interface TrafficNames {
  /** What the metrics begin with: "exocom". */
  readonly prefix: string;
  /** What the links are, for the help texts. */
  readonly links: string;
}

/** Registers `<prefix>_link_frames_total` and `<prefix>_link_bytes_total`, each by direction, `in` or `out`. */
export function registerTraffic(registry: Registry, { prefix, links }: TrafficNames, traffic: () => Traffic): void {
  const counter = (name: string, help: string, measure: (now: Traffic) => readonly [number, number]) =>
    plainCounter({
      registry,
      name: `${prefix}_${name}`,
      help,
      labelNames: ["direction"],
      collect() {
        const [received, sent] = measure(traffic());
        return [
          { labels: { direction: "in" }, value: received },
          { labels: { direction: "out" }, value: sent },
        ];
      },
    });
  counter("link_frames_total", `Frames on ${links}, each with many messages.`, (now) => [now.framesIn, now.framesOut]);
  counter("link_bytes_total", "Bytes of these frames.", (now) => [now.bytesIn, now.bytesOut]);
}
