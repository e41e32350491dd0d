import assert from "node:assert/strict";
import fc from "fast-check";
import { formatAddress, parseAddress } from "./addresses.ts";

describe("addresses", () => {
  it("are a host and a port", () => {
    assert.deepEqual(parseAddress("broker.local:4100"), { host: "broker.local", port: 4100 });
    assert.deepEqual(parseAddress("127.0.0.1:1"), { host: "127.0.0.1", port: 1 });
  });

  it("have an IPv6 host in brackets", () => {
    assert.deepEqual(parseAddress("[::1]:4100"), { host: "::1", port: 4100 });
    assert.equal(formatAddress({ host: "::1", port: 4100 }), "[::1]:4100");
  });

  for (const text of [
    "",
    "broker",
    ":4100",
    "broker:0",
    "broker:65536",
    "broker:",
    "::1:4100",
    "[x]:1",
    "http://a:1",
    "a b:1",
    "u@h:1",
  ]) {
    it(`'${text}' is none`, () => assert.equal(parseAddress(text), undefined));
  }

  it("read back as they are written", () => {
    const hosts = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(hosts, fc.integer({ min: 1, max: 65_535 }), (host, port) => {
        assert.deepEqual(parseAddress(formatAddress({ host, port })), { host, port });
      }),
    );
  });
});
