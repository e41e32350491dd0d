export { ExoError, type Reason } from "@exosphere/proto";
export type { RequestOptions, Sent } from "./client/caller.ts";
export { type Client, connect } from "./client/client.ts";
export type { ClientOptions } from "./client/client-options.ts";
export type { Message } from "./client/message.ts";
export type { SendOptions } from "./client/outgoing-message.ts";
export type {
  AnyMessages,
  ReceivedMessage,
  ReceivedName,
  ReceivedPayload,
  RoleMessages,
  Said,
  SentName,
  SentPayload,
} from "./messages.ts";
export type { HandlerContext } from "./service/delivery-context.ts";
export type { Answer, Handler, Handlers, Reply } from "./service/handlers.ts";
export { type OnError, type Service, type ServiceOptions, service } from "./service/service.ts";
