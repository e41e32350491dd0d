import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { ClientAddresses } from "./client-address.ts";

describe("the addresses of clients", () => {
  const request = (peer: string, forwarded?: string) =>
    ({
      socket: { remoteAddress: peer },
      headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
    }) as unknown as IncomingMessage;

  it("tell once of a peer that brings others and is not trusted", () => {
    const told: string[] = [];
    const addresses = new ClientAddresses(["10.0.0.1"], (peer) => told.push(peer));
    assert.equal(addresses.of(request("192.0.2.1")), "192.0.2.1");
    assert.equal(addresses.of(request("10.0.0.1", "192.0.2.2")), "192.0.2.2");
    assert.deepEqual(told, []);
    for (const peer of ["10.0.0.2", "10.0.0.3"]) assert.equal(addresses.of(request(peer, "192.0.2.3")), peer);
    assert.deepEqual(told, ["10.0.0.2"]);
  });

  it("tell of it where no proxy is trusted at all", () => {
    const told: string[] = [];
    new ClientAddresses([], (peer) => told.push(peer)).of(request("::ffff:10.0.0.2", "192.0.2.3"));
    assert.deepEqual(told, ["10.0.0.2"]);
  });
});
