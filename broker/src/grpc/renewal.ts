import { errorStatus } from "@exosphere/frames";
import { BrokerServiceService, ExoError, type RenewResponse } from "@exosphere/proto";

/** The Renew method, for who serves it by grpc-js. What is in a request does not matter: so nothing of it is malformed. */
export const servedRenewMethod = {
  ...BrokerServiceService.renew,
  requestDeserialize: () => ({ secret: new Uint8Array() }),
};

/** Refuses every renewal: what `Attached` says of each stream of this broker is that it lives on by itself. */
export function renew(_call: unknown, answer: (error: object, response?: RenewResponse) => void): void {
  const detail = "No stream of this broker has to be renewed: Attached.renew_within_ms is 0. Do not call Renew.";
  answer(errorStatus(new ExoError("INVALID_MESSAGE", detail)));
}
