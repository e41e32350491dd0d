export type { Endpoint } from "./addresses.ts";
export { bootstrapMistakes } from "./bootstrap-mistakes.ts";
export { type BrokerProxy, brokerProxy, type ProxiedBroker } from "./broker-proxy.ts";
export { type GatewayProxy, gatewayProxy } from "./gateway-proxy.ts";
export type { ProxyProcess } from "./process.ts";
export type { RateLimit } from "./rate-limit.ts";
export { type ServerCertificate, serverSecret } from "./tls.ts";
