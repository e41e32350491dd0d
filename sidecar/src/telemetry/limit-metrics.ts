import { type BodyBudget, type ConnectionCount, registerConnections } from "@exosphere/http";
import { plainCounter, plainGauge, type Registry } from "@exosphere/telemetry";

/** What is held for the app, and what was turned away: how full the limits of a process are. */
export interface LimitGauges {
  readonly connections: ConnectionCount;
  readonly bodies: Pick<BodyBudget, "bytes" | "refused">;
  readonly webSockets: () => { readonly size: number; readonly waitingBytes: number; readonly refused: number };
  readonly inbox: () => { readonly size: number; readonly waitingBytes: number };
  /** What is remembered of messages that the app received. */
  readonly received: () => { readonly size: number; readonly authBytes: number };
  /** Deliveries that are not settled. */
  readonly inFlight: () => { readonly messages: number; readonly bytes: number };
  /** The app's streams by the unix socket. Absent where there is none. */
  readonly socket?: () => {
    readonly streams: number;
    readonly queuedBytes: number;
    readonly failures: number;
    readonly version2Requesters: number;
  };
}

/** Registers how full the limits of a process are. docs/limits.md says which is which. */
export function registerLimitMetrics(registry: Registry, gauges: LimitGauges): void {
  const gauge = (name: string, help: string, measure: () => number) =>
    plainGauge({ registry, name, help, labelNames: [], collect: () => [{ labels: {}, value: measure() }] });
  const counter = (name: string, help: string, measure: () => number) =>
    plainCounter({ registry, name, help, labelNames: [], collect: () => [{ labels: {}, value: measure() }] });
  const { bodies, webSockets, inbox, received, inFlight, socket } = gauges;

  registerConnections(registry, "exo_sidecar", "the JSON edge", gauges.connections);
  gauge("exo_sidecar_body_bytes", "Bytes of request bodies that are being read.", () => bodies.bytes);
  counter("exo_sidecar_bodies_refused_total", "Requests whose bodies there was no room for.", () => bodies.refused);
  gauge("exo_sidecar_websockets", "Open WebSockets of the app.", () => webSockets().size);
  gauge(
    "exo_sidecar_websocket_waiting_bytes",
    "Bytes that wait for an app which does not read its WebSocket.",
    () => webSockets().waitingBytes,
  );
  counter(
    "exo_sidecar_websockets_refused_total",
    "WebSockets that were turned away, as there were too many.",
    () => webSockets().refused,
  );
  gauge("exo_sidecar_inboxes", "Open inboxes of the app.", () => inbox().size);
  gauge(
    "exo_sidecar_inbox_waiting_bytes",
    "Bytes that wait for an app which does not read its inbox.",
    () => inbox().waitingBytes,
  );
  gauge("exo_sidecar_remembered_messages", "Messages that are remembered to know replies by.", () => received().size);
  gauge("exo_sidecar_remembered_bytes", "Bytes of auth that are remembered with them.", () => received().authBytes);
  gauge("exo_sidecar_in_flight", "Deliveries that are not settled.", () => inFlight().messages);
  gauge("exo_sidecar_in_flight_bytes", "Bytes of the deliveries that are not settled.", () => inFlight().bytes);
  if (!socket) return;
  gauge("exo_sidecar_socket_streams", "Attach streams of the app on its unix socket.", () => socket().streams);
  gauge(
    "exo_sidecar_socket_waiting_bytes",
    "Bytes that wait for an app which does not read its attach stream.",
    () => socket().queuedBytes,
  );
  gauge(
    "exo_sidecar_socket_version_2_requesters",
    "Requesters that streams of version 2 of the attach protocol know by handles, 65536 at most.",
    () => socket().version2Requesters,
  );
  counter(
    "exo_sidecar_socket_failures_total",
    "Attach streams of the app that were refused, or ended with an error.",
    () => socket().failures,
  );
}
