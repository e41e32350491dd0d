import assert from "node:assert/strict";
import { hostCheck } from "./host-check.ts";

/** A request with these Host headers. */
function to(...hosts: string[]) {
  const [host] = hosts;
  return { headers: { ...(host !== undefined && { host }) }, rawHeaders: hosts.flatMap((each) => ["Host", each]) };
}

describe("the check of the Host header", () => {
  const check = hostCheck({});

  for (const host of ["localhost", "localhost:4200", "LocalHost:1", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:4200"])
    it(`lets ${host} pass`, () => assert.equal(check(to(host)), undefined));

  for (const host of [
    "evil.example",
    "evil.example:4200",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.2",
    "",
    "localhost:x",
  ])
    it(`refuses '${host}'`, () => assert.equal(hostCheck({})(to(host))?.reason, "NOT_ALLOWED"));

  it("refuses another host after one that passed", () => {
    assert.equal(check(to("localhost:1")), undefined);
    assert.equal(check(to("evil.example"))?.reason, "NOT_ALLOWED");
    assert.equal(check(to("localhost:1")), undefined);
  });

  it("refuses a request without Host, and one with two", () => {
    assert.match(check(to())?.detail ?? "", /exactly one Host header/);
    const twice = { headers: { host: "localhost" }, rawHeaders: ["Host", "localhost", "hOST", "evil.example"] };
    assert.equal(check(twice)?.reason, "NOT_ALLOWED");
  });

  it("lets the names pass that it was given, with any port", () => {
    const wide = hostCheck({ hosts: ["Exo.Internal", "10.0.0.1:80", "fd00::1"] });
    for (const host of ["exo.internal", "exo.internal:4200", "10.0.0.1:4201", "[fd00::1]:1", "localhost"])
      assert.equal(wide(to(host)), undefined, host);
    assert.equal(wide(to("exo.external"))?.reason, "NOT_ALLOWED");
  });

  it("names the setting that allows a name", () => {
    const { detail = "" } = hostCheck({ hostsSetting: "--allow-hosts" })(to("broker:4101")) ?? {};
    assert.equal(
      detail,
      "The host 'broker:4101' is not served here: call this process as localhost, or allow the name with --allow-hosts.",
    );
  });

  it("does not send a long header back whole", () => {
    assert.ok((check(to("a".repeat(5000)))?.detail.length ?? 0) < 300);
  });

  for (const listensOn of ["0.0.0.0", "::", "[::]"]) {
    it(`lets callers use any address, but not any name, where the process listens on ${listensOn}`, () => {
      const open = hostCheck({ listensOn, hosts: ["exo.internal"] });
      for (const host of ["10.1.2.3:4101", "10.1.2.3", "[fd00::7]:4101", "localhost:4101", "exo.internal:4101"])
        assert.equal(open(to(host)), undefined, host);
      for (const host of ["evil.example:4101", "10.1.2.3.evil.example", "10.1.2", ""])
        assert.match(open(to(host))?.detail ?? "", /as localhost, or by its address, or allow/, host);
    });
  }

  it("serves its own address alone where the process listens on one", () => {
    assert.equal(hostCheck({ listensOn: "10.1.2.3" })(to("10.1.2.3:4101")), undefined);
    for (const listensOn of ["10.1.2.3", "127.0.0.1"])
      assert.equal(hostCheck({ listensOn })(to("10.9.9.9:4101"))?.reason, "NOT_ALLOWED");
  });
});
