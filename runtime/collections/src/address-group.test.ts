import assert from "node:assert/strict";
import { addressGroup } from "./address-group.ts";

describe("addressGroup", () => {
  for (const [address, group] of [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:c000:207", "192.0.2.7"],
    ["0:0:0:0:0:ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2:ffff:0:0:9", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002:1:2:3:4", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ] as const)
    it(`counts ${address} as ${group}`, () => assert.equal(addressGroup(address), group));

  it("leaves alone what is not an address", () => {
    for (const text of [
      "",
      "unix",
      "1:2",
      "1::2::3",
      "::ffff:999.1.1.1",
      "g::1",
      "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7::8",
    ])
      assert.equal(addressGroup(text), text);
  });
});
