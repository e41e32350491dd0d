/** The edges of a sidecar, for a process that puts them around another bus: the all-in-one. */
export type { Incoming as AppIncoming } from "./core/bus.ts";
export { type Memory, MessageCompleter } from "./core/outgoing-message.ts";
export { type ReceivedLimits, ReceivedMessages } from "./core/received.ts";
export type { Ending, Seat, Seats, Taker } from "./core/seat.ts";
export { AppInbound } from "./inbound/app-inbound.ts";
export { InboxEdge } from "./inbox/inbox-edge.ts";
export { bulkEndpoint } from "./outbound/bulk-endpoint.ts";
export { firstFormEndpoint } from "./outbound/first-form-endpoint.ts";
export { requestEndpoint } from "./outbound/request-endpoint.ts";
export { type Sender, type SendingOptions, sendEndpoint } from "./outbound/send-endpoint.ts";
export type { SentObserver } from "./outbound/sent-observer.ts";
export { statusEndpoints } from "./outbound/status-endpoints.ts";
export type { LimitGauges } from "./telemetry/limit-metrics.ts";
export { outcomeLabels, registerSidecarMetrics, SidecarCounts } from "./telemetry/sidecar-metrics.ts";
export { Upstream } from "./upstream/upstream.ts";
export { WebSocketEdge } from "./websocket/websocket-edge.ts";
