export type { Dial, Dialled } from "./dial.ts";
export { grpcDial } from "./dial.ts";
export { Incoming } from "./incoming.ts";
export { Link, type LinkEvents, outcomes } from "./link.ts";
export type { LinkOptions } from "./link-config.ts";
export type { LinkStatus } from "./link-status.ts";
export type { NameTable } from "./name-table.ts";
export type { Accepted, Outgoing, ReturnPath } from "./outgoing.ts";
export type { Answered } from "./reply-mux.ts";
