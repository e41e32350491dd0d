export { type RunningGateway, startGateway, version } from "./app.ts";
export { type GatewayConfig, gatewaySettings } from "./config.ts";
