import assert from "node:assert/strict";
import { withoutPasswords } from "./redaction.ts";

describe("values without passwords", () => {
  it("hide the password in a URL, wherever it stands", () => {
    assert.equal(withoutPasswords("mongodb://me:p4ss@h:1/db"), "mongodb://me:[redacted]@h:1/db");
    assert.equal(withoutPasswords("a,nats://:t0ken@h"), "a,nats://:[redacted]@h");
    assert.deepEqual(withoutPasswords(["nats://a:b@h", "nats://h:1"]), ["nats://a:[redacted]@h", "nats://h:1"]);
    assert.equal(withoutPasswords("http://u:p@ss@h"), "http://u:[redacted]@h");
  });

  it("leave everything else as it is", () => {
    for (const value of [1, null, true, "http://h:1/a:b@c", "me@h:1"]) assert.equal(withoutPasswords(value), value);
  });
});
