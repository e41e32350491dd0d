/** The gateway's interface, described from the routes: what it serves itself, for those who write it into files. */
export { asyncApiOf } from "./core/describe/asyncapi.ts";
export type { InterfaceFacts, Json } from "./core/describe/interface-facts.ts";
export { openApiOf } from "./core/describe/openapi.ts";
export type { ClientRules } from "./core/rights.ts";
