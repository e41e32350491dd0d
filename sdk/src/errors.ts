export { ExoError, type Reason } from "@exosphere/proto";
export { DeadMessage, RetryLater } from "./service/endings.ts";
