/** The edges of a sidecar, for a process that puts them around another bus: the all-in-one. */
export type { Incoming as AppIncoming } from "./core/bus.ts";
export { MessageCompleter } from "./core/outgoing-message.ts";
export { ReceivedMessages } from "./core/received.ts";
export { firstFormEndpoint, type Sender } from "./outbound/first-form-endpoint.ts";
export { requestEndpoint } from "./outbound/request-endpoint.ts";
export { type SendingOptions, sendEndpoint } from "./outbound/send-endpoint.ts";
export type { SentObserver } from "./outbound/sent-observer.ts";
export { statusEndpoints } from "./outbound/status-endpoints.ts";
export { outcomeLabels, registerSidecarMetrics, SidecarCounts } from "./telemetry/sidecar-metrics.ts";
export { Upstream } from "./upstream/upstream.ts";
export type { Seat, Seats, SocketEnding } from "./websocket/seat.ts";
export type { ServiceSocket } from "./websocket/service-socket.ts";
export { WebSocketEdge } from "./websocket/websocket-edge.ts";
