export { type RunningBroker, startBroker, version } from "./app.ts";
export { checkBroker, checkBus } from "./check-settings.ts";
export { type BusConfig, type ComposedBroker, type ComposeOptions, composeBroker } from "./compose.ts";
export { type BrokerConfig, brokerSettings } from "./config.ts";
export type { Acceptance, Copy } from "./core/copy.ts";
export type { Instance } from "./core/instance.ts";
export type { Observer } from "./core/observer.ts";
export type { Sending } from "./core/sending.ts";
export { type GrpcServer, startGrpcServer } from "./grpc/grpc-server.ts";
