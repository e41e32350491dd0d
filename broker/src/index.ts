export { type RunningBroker, startBroker, version } from "./app.ts";
export { type BrokerConfig, brokerSettings } from "./config.ts";
