export type { Clock, Dial, Dialled } from "@exosphere/link";
export { ExoError, type Reason } from "@exosphere/proto";
export type { Status } from "./client/attachment.ts";
export type { RequestOptions, Sent } from "./client/caller.ts";
export type { Request, RequestMany, Send } from "./client/calls.ts";
export { type Client, connect } from "./client/client.ts";
export type { ClientOptions, OnError } from "./client/client-options.ts";
export type { Log, LogMethod } from "./client/log.ts";
export type { Message } from "./client/message.ts";
export type { SendOptions } from "./client/outgoing-message.ts";
export type { RequestManyOptions } from "./client/request-many.ts";
export type { Transport } from "./client/transport.ts";
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
export {
  type IsAuthorized,
  type SecurityAnswer,
  type SecurityRequest,
  type ShownMessage,
  security,
} from "./security/security.ts";
export type { HandlerContext } from "./service/delivery-context.ts";
export { DeadMessage, RetryLater } from "./service/endings.ts";
export type { Answer, Handler, Handlers, Reply } from "./service/handlers.ts";
export { type Service, type ServiceHooks, type ServiceOptions, service } from "./service/service.ts";
