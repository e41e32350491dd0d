import assert from "node:assert/strict";
import { type GuardedRequest, hostGuard } from "./host-guard.ts";

function from(host: string | undefined, origin?: string): GuardedRequest {
  const headers = { ...(host === undefined ? {} : { host }), ...(origin === undefined ? {} : { origin }) };
  return { headers, rawHeaders: Object.entries(headers).flat() };
}

describe("the host guard", () => {
  const guard = hostGuard();

  for (const host of [
    "localhost",
    "localhost:4200",
    "LocalHost:1",
    "127.0.0.1",
    "127.0.0.1:80",
    "[::1]",
    "[::1]:4200",
  ]) {
    it(`lets ${host} pass`, () => assert.equal(guard(from(host)), undefined));
  }

  for (const host of [
    "evil.example",
    "evil.example:4200",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.2",
    "",
    "localhost:x",
  ]) {
    it(`refuses '${host}'`, () => {
      const error = hostGuard()(from(host));
      assert.equal(error?.reason, "NOT_ALLOWED");
    });
  }

  it("refuses another host after one that passed", () => {
    assert.equal(guard(from("localhost:1")), undefined);
    assert.equal(guard(from("evil.example"))?.reason, "NOT_ALLOWED");
    assert.equal(guard(from("localhost:1")), undefined);
  });

  it("refuses a request without Host, and one with two", () => {
    assert.match(guard(from(undefined))?.detail ?? "", /exactly one Host header/);
    const twice = { headers: { host: "localhost" }, rawHeaders: ["Host", "localhost", "hOST", "evil.example"] };
    assert.equal(guard(twice)?.reason, "NOT_ALLOWED");
  });

  it("lets the names pass that it was given, with any port", () => {
    const wide = hostGuard({ hosts: ["Exo.Internal", "10.0.0.1:80", "fd00::1"] });
    for (const host of ["exo.internal", "exo.internal:4200", "10.0.0.1:4201", "[fd00::1]:1", "localhost"]) {
      assert.equal(wide(from(host)), undefined, host);
    }
    assert.equal(wide(from("exo.external"))?.reason, "NOT_ALLOWED");
  });

  it("refuses web pages, whatever their host, but for those it was given", () => {
    const open = hostGuard({ origins: ["https://App.example/"] });
    assert.equal(open(from("localhost", "https://app.example")), undefined);
    for (const origin of ["https://app.example.evil", "http://app.example", "null", "http://localhost:4200", ""]) {
      const error = open(from("localhost", origin));
      assert.equal(error?.reason, "NOT_ALLOWED", origin);
    }
    assert.equal(guard(from("localhost", "http://localhost"))?.reason, "NOT_ALLOWED");
  });

  it("does not send a long header back whole", () => {
    assert.ok((guard(from("a".repeat(5000)))?.detail.length ?? 0) < 300);
  });
});
