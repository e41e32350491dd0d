import type { Incoming, ReturnPath } from "./bus.ts";

const encoder = new TextEncoder();

/** A message from the bus, for tests: with what matters to one of them, and the rest plain. */
export function incomingWith(
  fields: Partial<Incoming> & { readonly payload?: string; readonly auth?: string } = {},
): Incoming {
  const { payload = "", auth = "", ...rest } = fields;
  return {
    name: "users.create",
    number: 7,
    id: "m1",
    activityId: "a1",
    responseTo: "",
    attempt: 1,
    dueMs: Number.POSITIVE_INFINITY,
    timestampSeconds: 1_795_435_200,
    timestampNanos: 0,
    responseTimeNs: 0,
    isSecurity: false,
    isMany: false,
    envelope: { payload: encoder.encode(payload), auth: encoder.encode(auth), traceparent: "", tracestate: "" },
    returnPath: undefined,
    ...rest,
  };
}

/** A return path that tests can tell from others. */
export function pathTo(replyRequest: number): ReturnPath {
  return { requester: 1, replyRequest };
}
