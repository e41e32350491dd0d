import assert from "node:assert/strict";
import { encodingFor } from "./encoding.ts";
import { IdempotentCalls } from "./idempotency.ts";
import { noRight, Rights } from "./rights.ts";
import { targetOf, userOfClaims } from "./user.ts";

describe("Rights", () => {
  const rights = new Rights({
    anonymous: { sends: ["read"], receives: "all" },
    users: { sends: ["write"], receives: [] },
    scopes: new Map([["admin", { sends: "all", receives: [] }]]),
  });
  const user = (claims: object) => userOfClaims({ sub: "ada", exp: 1, ...claims });

  it("grow from everybody to users to scopes, and are nothing where nothing is listed", () => {
    const may = (claims?: object) =>
      ["read", "write", "purge"].map((name) => rights.maySend(name, claims && user(claims)));
    assert.deepEqual(may(), [true, false, false]);
    assert.deepEqual(may({}), [true, true, false]);
    assert.deepEqual(may({ scope: "other" }), [true, true, false]);
    for (const claims of [{ scope: "x admin" }, { scp: ["admin"] }, { scopes: "admin" }])
      assert.deepEqual(may(claims), [true, true, true]);
    assert.ok(rights.mayReceive("anything", undefined));
    const none = new Rights({ anonymous: noRight, users: noRight, scopes: new Map() });
    assert.ok(!none.maySend("read", user({})) && !none.mayReceive("read", user({})));
  });
});

describe("claims and auth", () => {
  it("name nobody without a subject or an end", () => {
    assert.deepEqual(
      [userOfClaims({ sub: "", exp: 1 }), userOfClaims({ sub: 7, exp: 1 }), userOfClaims({ sub: "a" })],
      [undefined, undefined, undefined],
    );
  });

  it("name a session or a user, if they are text", () => {
    const of = (auth: unknown) => targetOf(Buffer.from(JSON.stringify(auth)));
    assert.deepEqual(of({ sessionId: "s", claims: {} }), { sessionId: "s", user: undefined });
    for (const auth of [null, 1, "s", [], {}, { user: 7 }, { sessionId: "" }]) assert.equal(of(auth), undefined);
    assert.equal(targetOf(new Uint8Array(0)), undefined);
  });
});

describe("encodingFor", () => {
  const cases: [string | undefined, string | undefined][] = [
    [undefined, undefined],
    ["", undefined],
    ["gzip", "gzip"],
    ["gzip, br", "br"],
    ["gzip;q=1.0, br;q=0.5", "gzip"],
    ["*", "br"],
    ["br;q=0, *", "gzip"],
    ["identity", undefined],
    ["gzip;q=0", undefined],
  ];
  for (const [accepted, encoding] of cases)
    it(`is ${encoding} for ${accepted}`, () => assert.equal(encodingFor(accepted), encoding));
});

describe("IdempotentCalls", () => {
  const limits = { ttlMs: 100, maxAnswers: 3, maxBytes: 10_000 };

  it("tell the first call from those after it", () => {
    const calls = new IdempotentCalls<string>(limits);
    assert.equal(calls.start("k", "ada", "f", 0).kind, "none");
    assert.equal(calls.start("k", "ada", "f", 0).kind, "running");
    assert.equal(calls.start("k", "ada", "g", 0).kind, "other");
    calls.answered("k", "yes", 3);
    assert.deepEqual(calls.start("k", "ada", "f", 99), { kind: "answered", answer: "yes" });
    assert.equal(calls.start("k", "ada", "f", 100).kind, "none");
  });

  it("forget what had no effect, what is oldest, and all bytes of it", () => {
    const calls = new IdempotentCalls<string>(limits);
    calls.start("a", "ada", "f", 0);
    calls.undone("a");
    assert.deepEqual([calls.size, calls.bytes], [0, 0]);
    for (const key of ["a", "b", "c", "d", "e"]) {
      calls.start(key, "ada", "f", 0);
      calls.answered(key, "yes", 3);
    }
    assert.equal(calls.size, 3);
    assert.equal(calls.start("e", "ada", "f", 0).kind, "answered");
  });

  it("tell those who wait for a call that is under way, however it ends", () => {
    const calls = new IdempotentCalls<string>(limits);
    const told: (string | undefined)[] = [];
    for (const key of ["a", "b"]) {
      calls.start(key, "ada", "f", 0);
      assert.ok(calls.wait(key, (answer) => told.push(answer)));
    }
    calls.answered("a", "yes", 3);
    calls.undone("b");
    assert.deepEqual(told, ["yes", undefined]);
    assert.ok(!calls.wait("never", () => {}));
  });
});
