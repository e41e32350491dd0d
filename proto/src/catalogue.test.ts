import assert from "node:assert/strict";
import { catalogue, isReason } from "./catalogue.ts";

/** Numbers of google.rpc.Code. */
const codes = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  ABORTED: 10,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** What is promised to the outside: reasons, HTTP status, gRPC code. */
const promised = [
  ["INVALID_MESSAGE", 400, "INVALID_ARGUMENT"],
  ["UNAUTHENTICATED", 401, "UNAUTHENTICATED"],
  ["NOT_ALLOWED", 403, "PERMISSION_DENIED"],
  ["REFUSED_BY_SECURITY", 403, "PERMISSION_DENIED"],
  ["NO_RECEIVERS", 404, "NOT_FOUND"],
  ["PAYLOAD_TOO_LARGE", 413, "INVALID_ARGUMENT"],
  ["RATE_LIMITED", 429, "RESOURCE_EXHAUSTED"],
  ["QUEUE_FULL", 429, "RESOURCE_EXHAUSTED"],
  ["HANDLER_FAILED", 502, "ABORTED"],
  ["NO_INSTANCE", 503, "UNAVAILABLE"],
  ["BROKER_UNAVAILABLE", 503, "UNAVAILABLE"],
  ["STORAGE_UNAVAILABLE", 503, "UNAVAILABLE"],
  ["IDENTITY_UNAVAILABLE", 503, "UNAVAILABLE"],
  ["DRAINING", 503, "UNAVAILABLE"],
  ["DEADLINE_EXCEEDED", 504, "DEADLINE_EXCEEDED"],
  ["INTERNAL", 500, "INTERNAL"],
] as const;

describe("catalogue", () => {
  for (const [reason, http, code] of promised) {
    it(`has ${reason} as ${http} and ${code}`, () => {
      assert.deepEqual([catalogue[reason].http, catalogue[reason].grpc], [http, codes[code]]);
    });
  }

  it("has no reason beside those", () => {
    assert.deepEqual(Object.keys(catalogue).sort(), promised.map(([reason]) => reason).sort());
  });

  it("has a title of its own for each", () => {
    const titles = Object.values(catalogue).map(({ title }) => title);
    assert.equal(new Set(titles).size, titles.length);
  });

  it("knows its reasons from other texts", () => {
    assert.equal(isReason("NO_INSTANCE"), true);
    for (const text of ["no_instance", "", "toString", "__proto__"]) assert.equal(isReason(text), false);
  });
});
