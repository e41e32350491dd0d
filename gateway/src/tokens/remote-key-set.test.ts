import assert from "node:assert/strict";
import { HandClock } from "@exosphere/testkit";
import { exportJWK, generateKeyPair, type JSONWebKeySet } from "jose";
import { RemoteKeySet } from "./remote-key-set.ts";

const header = (kid: string) =>
  [
    { alg: "ES256", kid },
    { payload: "", signature: "" },
  ] as const;

/** A key set, and a provider that gives what it is set to. */
async function setUp({ keepMs = 3_600_000 } = {}) {
  const { publicKey } = await generateKeyPair("ES256", { extractable: true });
  const key = await exportJWK(publicKey);
  const keysNamed = (...names: string[]): JSONWebKeySet => ({ keys: names.map((kid) => ({ ...key, kid })) });
  const provider = { fetches: 0, answer: async () => keysNamed("1") };
  const clock = new HandClock();
  const warnings: unknown[] = [];
  const set = new RemoteKeySet({
    fetchSet: () => {
      provider.fetches += 1;
      return provider.answer();
    },
    keepMs,
    now: clock.nowMs,
    log: { info() {}, warn: (facts: unknown) => void warnings.push(facts) },
  });
  const goAway = () => {
    provider.answer = async () => {
      throw new Error("it answered 500 and not 200");
    };
  };
  return { set, provider, clock, keysNamed, goAway, warnings };
}

const unavailable = { reason: "IDENTITY_UNAVAILABLE" };
const noKey = { code: "ERR_JWKS_NO_MATCHING_KEY" };

describe("a key set that is fetched", () => {
  it("is fetched once for all who wait for it", async () => {
    const { set, provider } = await setUp();
    await Promise.all([1, 2, 3].map(() => set.find(...header("1"))));
    assert.equal(provider.fetches, 1);
  });

  it("is fetched again after ten minutes, so that a withdrawn key is refused", async () => {
    const { set, provider, clock, keysNamed } = await setUp();
    await set.find(...header("1"));
    provider.answer = async () => keysNamed("2");
    clock.advance(600_000);
    await assert.rejects(async () => set.find(...header("1")), noKey);
  });

  it("stays in use while the provider is away, for a bounded time", async () => {
    const { set, clock, goAway } = await setUp({ keepMs: 3_600_000 });
    await set.find(...header("1"));
    goAway();
    clock.advance(600_000 + 3_599_000);
    assert.ok(await set.find(...header("1")));
    assert.equal(set.ageSeconds, 4199);
    clock.advance(1_000);
    await assert.rejects(async () => set.find(...header("1")), unavailable);
  });

  it("holds nobody up who is known, while a provider that failed is asked again", async () => {
    const { set, provider, clock, goAway } = await setUp();
    await set.find(...header("1"));
    goAway();
    clock.advance(600_000);
    await set.find(...header("1"));
    provider.answer = () => new Promise(() => {});
    clock.advance(60_000);
    assert.ok(await set.find(...header("1")));
    assert.equal(provider.fetches, 3);
  });

  it("leaves a provider that is away alone for a while, longer each time", async () => {
    const { set, provider, clock, goAway } = await setUp();
    await set.find(...header("1"));
    goAway();
    clock.advance(600_000);
    for (let second = 0; second < 300; second += 1) {
      await set.find(...header("1"));
      // The fetch ends after its callers are served.
      await new Promise(setImmediate);
      clock.advance(1_000);
    }
    assert.ok(provider.fetches > 5 && provider.fetches < 20, `${provider.fetches} fetches`);
  });

  it("is not fetched for every token with an unknown key", async () => {
    const { set, provider, clock } = await setUp();
    for (let count = 0; count < 10; count += 1)
      await assert.rejects(async () => set.find(...header(`x${count}`)), noKey);
    assert.equal(provider.fetches, 1);
    clock.advance(30_000);
    await assert.rejects(async () => set.find(...header("x")), noKey);
    assert.equal(provider.fetches, 2);
  });

  it("cannot tell whether an unknown key is a new one while the provider is away", async () => {
    const { set, clock, goAway, warnings } = await setUp();
    await set.find(...header("1"));
    goAway();
    clock.advance(30_000);
    await assert.rejects(async () => set.find(...header("2")), unavailable);
    assert.deepEqual(set.fetches, { ok: 1, failed: 1 });
    assert.deepEqual(warnings, [{ reason: "it answered 500 and not 200", failures: 1, ageSeconds: 30 }]);
  });
});
