import type { FairTurns, Traffic } from "@exosphere/frames";
import { plainCounter, plainGauge, type Registry, registerTraffic } from "@exosphere/telemetry";
import type { Exocom } from "../core/exocom.ts";

/** What goes over the attach streams, and waits for those who do not read them. */
export interface LinkState {
  /** Attach streams that are open. */
  readonly streams: number;
  /** Those that were refused, or ended with an error, by reason. */
  readonly failures: ReadonlyMap<string, number>;
  readonly refusals: { readonly bytes: number; readonly evictions: number };
  readonly queuedBytes: number;
  /** Requesters that streams of version 2 know by handles. */
  readonly version2Requesters: number;
  readonly turns: Pick<FairTurns, "size">;
  /** Connections of the gRPC port. */
  readonly connections: { readonly open: number; readonly refused: number };
  readonly traffic: Traffic;
}

/** Registers what goes over the attach streams. */
export function registerLinkMetrics(registry: Registry, state: LinkState): void {
  plainGauge({
    registry,
    name: "exocom_link_queued_bytes",
    help: "Bytes that wait for instances which do not read fast enough.",
    labelNames: [],
    collect: () => [{ labels: {}, value: state.queuedBytes }],
  });
  registerAttachments(registry, state);
  registerTraffic(registry, { prefix: "exocom", links: "the attach streams of all instances" }, () => state.traffic);
}

function registerAttachments(registry: Registry, state: LinkState): void {
  const gauge = (name: string, help: string, measure: () => number) =>
    plainGauge({ registry, name, help, labelNames: [], collect: () => [{ labels: {}, value: measure() }] });
  gauge("exocom_attach_streams", "Attach streams that are open.", () => state.streams);
  gauge(
    "exocom_attach_streams_held",
    "Attach streams that sent more than their part of a turn, and wait until what came is worked on.",
    () => state.turns.size,
  );
  gauge(
    "exocom_refusal_bytes",
    "Memory for what was refused to instances that may not have heard of it.",
    () => state.refusals.bytes,
  );
  gauge(
    "exocom_version_2_requesters",
    "Requesters that streams of version 2 of the attach protocol know by handles, 65536 at most.",
    () => state.version2Requesters,
  );
  gauge("exocom_connections", "Open connections of the gRPC port.", () => state.connections.open);
  plainCounter({
    registry,
    name: "exocom_connections_refused_total",
    help: "Connections of the gRPC port that were closed at once, as there were too many.",
    labelNames: [],
    collect: () => [{ labels: {}, value: state.connections.refused }],
  });
  plainCounter({
    registry,
    name: "exocom_refusal_evictions_total",
    help: "Refusals that were forgotten for want of memory.",
    labelNames: [],
    collect: () => [{ labels: {}, value: state.refusals.evictions }],
  });
  plainCounter({
    registry,
    name: "exocom_attach_failures_total",
    help: "Attach streams that were refused or ended with an error, by reason.",
    labelNames: ["reason"],
    collect: () => [...state.failures].map(([reason, value]) => ({ labels: { reason }, value })),
  });
}

/** What happened to changed routes. */
export interface ReloadState {
  readonly rejected: number;
  readonly isStale: boolean;
}

/** Registers how the broker keeps up with the files that its routes come from. */
export function registerReloadMetrics(registry: Registry, exocom: Exocom, state: ReloadState): void {
  const gauge = (name: string, help: string, measure: () => number) =>
    plainGauge({ registry, name, help, labelNames: [], collect: () => [{ labels: {}, value: measure() }] });
  gauge("exocom_routes_revision", "Grows by one with every change of the routes.", () => exocom.revision);
  gauge("exocom_routes_stale", "1 while the files of the routes are broken and older routes are in force.", () =>
    Number(state.isStale),
  );
  plainCounter({
    registry,
    name: "exocom_routes_rejected_total",
    help: "Changes of the routes that were refused as broken.",
    labelNames: [],
    collect: () => [{ labels: {}, value: state.rejected }],
  });
}
