import assert from "node:assert/strict";
import type { Bootstrap } from "./api/envoy/config/bootstrap/v3/bootstrap.ts";
import { typed } from "./typed.ts";

describe("a typed configuration of Envoy", () => {
  it("carries the name of its type", () => {
    const config = typed("filters.http.router.v3.Router", { suppress_envoy_headers: true });
    assert.deepEqual(config, {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
      suppress_envoy_headers: true,
    });
  });

  // `npm run types` fails if one of these compiles: an expected error that does not come is an error.
  it("does not compile with a field or a value that its type does not have", () => {
    // @ts-expect-error: misspelt, in what stands where any message may
    typed("filters.http.router.v3.Router", { supress_envoy_headers: true });
    // @ts-expect-error: misspelt, deep inside
    const listeners: Bootstrap = { static_resources: { listeners: [{ filter_chains: [{ filterz: [] }] }] } };
    // @ts-expect-error: a time span without its unit
    const span: Bootstrap = { static_resources: { clusters: [{ connect_timeout: "5" }] } };
    // @ts-expect-error: no value of the enum
    const kind: Bootstrap = { static_resources: { clusters: [{ type: "STRIKT_DNS" }] } };
    assert.ok(listeners && span && kind);
  });
});
