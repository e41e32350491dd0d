import assert from "node:assert/strict";
import { adminGuard } from "./admin-guard.ts";

/** Why a request with this Host header, and Origin, is refused by a process that listens on `listening`. */
function refusalOf(listening: string, host: string, origin?: string) {
  const headers = { host, ...(origin && { origin }) };
  return adminGuard(listening, { hosts: ["exo.internal"] })({ headers, rawHeaders: Object.entries(headers).flat() });
}

describe("the guard of the admin port", () => {
  for (const listening of ["0.0.0.0", "::", "[::]"]) {
    it(`lets probes and Prometheus call by any address where the process listens on ${listening}`, () => {
      for (const host of ["10.1.2.3:4101", "10.1.2.3", "[fd00::7]:4101", "localhost:4101", "exo.internal:4101"])
        assert.equal(refusalOf(listening, host), undefined, host);
    });

    it(`refuses names that a page can make lead here, and pages, on ${listening}`, () => {
      for (const host of ["evil.example:4101", "10.1.2.3.evil.example", "10.1.2", ""])
        assert.match(refusalOf(listening, host)?.detail ?? "", /localhost, or by its address\.$/, host);
      assert.equal(refusalOf(listening, "10.1.2.3", "http://evil.example")?.reason, "NOT_ALLOWED");
    });
  }

  it("serves its own address alone where the process listens on one", () => {
    assert.equal(refusalOf("10.1.2.3", "10.1.2.3:4101"), undefined);
    for (const listening of ["10.1.2.3", "127.0.0.1"])
      assert.equal(refusalOf(listening, "10.9.9.9:4101")?.reason, "NOT_ALLOWED");
  });
});
