import type { AttachRequest, AttachResponse } from "@exosphere/proto";

/** A frame to the broker with nothing in it yet. */
export function emptyRequest(): AttachRequest {
  return {
    registration: undefined,
    credit: undefined,
    done: [],
    settlements: [],
    abandoned: [],
    firstSequence: 0,
    publishes: [],
    topologyQuery: undefined,
    leave: undefined,
  };
}

/** A frame to an instance with nothing in it yet. */
export function emptyResponse(): AttachResponse {
  return {
    attached: undefined,
    routes: undefined,
    confirmations: [],
    refusals: [],
    firstDelivery: 0,
    deliveries: [],
    undeliverables: [],
    topology: undefined,
    move: undefined,
    answered: [],
    unwanted: [],
  };
}
