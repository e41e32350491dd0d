export { type Client, connect } from "./client.ts";
export type { ClientOptions, SessionStorageLike, TokenSource, WebSocketLike } from "./client-options.ts";
export { ExoError, type Problem } from "./exo-error.ts";
export type {
  AnyMessages,
  Handler,
  Message,
  ReceivedMessage,
  ReceivedName,
  RoleMessages,
  SendOptions,
  Sent,
  SentName,
} from "./messages.ts";
export type { Status } from "./status.ts";
