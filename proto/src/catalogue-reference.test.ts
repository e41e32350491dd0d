import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { catalogue } from "./catalogue.ts";

/** Names of google.rpc.Code, by number. */
const codeNames: Readonly<Record<number, string>> = {
  3: "INVALID_ARGUMENT",
  4: "DEADLINE_EXCEEDED",
  5: "NOT_FOUND",
  7: "PERMISSION_DENIED",
  8: "RESOURCE_EXHAUSTED",
  10: "ABORTED",
  13: "INTERNAL",
  14: "UNAVAILABLE",
  16: "UNAUTHENTICATED",
};

describe("docs/reference/errors.md", () => {
  it("lists every reason with its HTTP status and gRPC code, and no other", () => {
    const page = readFileSync(new URL("../../docs/reference/errors.md", import.meta.url), "utf8");
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| ([A-Z_]+) \|/gm)];
    const documented = rows.map(([, reason, http, grpc]) => `${reason} ${http} ${grpc}`);
    const actual = Object.entries(catalogue).map(([reason, { http, grpc }]) => `${reason} ${http} ${codeNames[grpc]}`);
    assert.deepEqual(documented.sort(), actual.sort());
  });
});
