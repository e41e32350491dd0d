import type { Traffic } from "@exosphere/frames";
import { ExoError } from "@exosphere/proto";
import {
  PlainHistogram,
  plainCounter,
  plainGauge,
  plainHistogram,
  type Registry,
  registerTraffic,
} from "@exosphere/telemetry";
import { type LimitGauges, registerLimitMetrics } from "./limit-metrics.ts";

/** Histograms by message name. Names come from the routes; anything else is `unknown`. */
type ByName = Map<string, PlainHistogram>;

/** What the answers of the app are called in metrics: docs/reference/metrics.md. */
export const outcomeLabels = {
  done: "ok",
  answered: "ok",
  retry: "retry",
  failed: "handler_failed",
  dead: "dead",
} as const;

/** The names of the routes, as far as a broker has told them. */
export type IsKnown = (name: string) => boolean;

/** Counts what goes through a sidecar, in plain numbers. */
export class SidecarCounts {
  readonly #isKnown: IsKnown;
  readonly sentTotals = new Map<string, Map<string, number>>();
  readonly receivedTotals = new Map<string, Map<string, number>>();
  readonly requestSeconds: ByName = new Map();
  readonly appSeconds: ByName = new Map();

  constructor(isKnown: IsKnown) {
    this.#isKnown = isKnown;
  }

  /** The app sent a message, and the bus took it or refused it. */
  sent(name: string, refused: Error | undefined): void {
    this.#count(this.sentTotals, name, refused ? ExoError.from(refused).reason.toLowerCase() : "ok");
  }

  /** A request of the app ended. */
  answered(name: string, seconds: number): void {
    this.#record(this.requestSeconds, name, seconds);
  }

  /** The app dealt with a delivery, or did not. */
  handled(name: string, outcome: string, seconds: number): void {
    this.#count(this.receivedTotals, name, outcome);
    this.#record(this.appSeconds, name, seconds);
  }

  /** A delivery was settled as dead as it must not be given to the app. */
  malformed(name: string): void {
    this.#count(this.receivedTotals, name, outcomeLabels.dead);
  }

  #count(totals: Map<string, Map<string, number>>, name: string, outcome: string): void {
    const outcomes = totals.get(name) ?? this.#entry(totals, name, () => new Map());
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }

  #record(histograms: ByName, name: string, seconds: number): void {
    const histogram = histograms.get(name) ?? this.#entry(histograms, name, () => new PlainHistogram());
    histogram.record(seconds);
  }

  /** What a name is counted under that has no entry yet. One that the routes have had keeps its own, so that no counter falls. */
  #entry<T>(entries: Map<string, T>, name: string, create: () => T): T {
    const label = this.#isKnown(name) ? name : "unknown";
    let entry = entries.get(label);
    if (!entry) {
      entry = create();
      entries.set(label, entry);
    }
    return entry;
  }
}

/** What a sidecar's gauges show. */
export interface SidecarGauges extends LimitGauges {
  readonly isAttached: () => boolean;
  readonly isAppReachable: () => boolean;
  readonly isAppSetAside: () => boolean;
  readonly pending: () => { readonly messages: number; readonly bytes: number; readonly requests: number };
  /** What goes over the link to the broker. Absent where that is in the same process. */
  readonly traffic?: () => Traffic;
}

/** Registers the sidecar's metrics of docs/reference/metrics.md. */
export function registerSidecarMetrics(registry: Registry, counts: SidecarCounts, gauges: SidecarGauges): void {
  const counter = (name: string, help: string, totals: Map<string, Map<string, number>>) =>
    plainCounter({ registry, name, help, labelNames: ["name", "outcome"], collect: () => flatten(totals) });
  const histogram = (name: string, help: string, histograms: ByName) =>
    plainHistogram({ registry, name, help, labelNames: ["name"], collect: () => snapshots(histograms) });
  const gauge = (name: string, help: string, measure: () => number) =>
    plainGauge({ registry, name, help, labelNames: [], collect: () => [{ labels: {}, value: measure() }] });

  counter("exo_sidecar_sent_total", "Messages of the app, by what became of them.", counts.sentTotals);
  counter("exo_sidecar_received_total", "Deliveries to the app, by how they ended.", counts.receivedTotals);
  histogram("exo_sidecar_request_seconds", "Time from a request of the app to its answer.", counts.requestSeconds);
  histogram("exo_sidecar_app_seconds", "Time that the app took for a delivery.", counts.appSeconds);
  gauge("exo_sidecar_connected", "1 while a broker has taken this sidecar in.", () => Number(gauges.isAttached()));
  gauge("exo_sidecar_app_reachable", "1 while the app takes connections.", () => Number(gauges.isAppReachable()));
  gauge(
    "exo_sidecar_app_set_aside",
    "1 while the app keeps failing, so that other instances of its role get its work.",
    () => Number(gauges.isAppSetAside()),
  );
  gauge("exo_sidecar_outbox_messages", "Messages that the broker has not confirmed.", () => gauges.pending().messages);
  gauge("exo_sidecar_outbox_bytes", "Bytes that the broker has not confirmed.", () => gauges.pending().bytes);
  gauge("exo_sidecar_open_requests", "Requests of the app that wait for a reply.", () => gauges.pending().requests);
  registerLimitMetrics(registry, gauges);
  const names = { prefix: "exo_sidecar", links: "the link to the broker" };
  if (gauges.traffic) registerTraffic(registry, names, gauges.traffic);
}

function* flatten(totals: Map<string, Map<string, number>>) {
  for (const [name, outcomes] of totals)
    for (const [outcome, value] of outcomes) yield { labels: { name, outcome }, value };
}

function* snapshots(histograms: ByName) {
  for (const [name, histogram] of histograms) yield { labels: { name }, histogram: histogram.snapshot() };
}
