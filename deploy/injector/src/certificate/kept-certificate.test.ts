import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { collectingLog } from "@exosphere/telemetry";
import { HandClock } from "@exosphere/testkit";
import { KeptCertificate, lookMs, type StoredCertificate, settleMs } from "./kept-certificate.ts";
import type { ServingPair } from "./serving-pair.ts";

const lifeMs = 3_600_000;
const names = ["exo-injector.exosphere.svc"];

/** A Secret and a configuration that all replicas see. */
class Cluster {
  readonly clock = new HandClock();
  stored: StoredCertificate | undefined;
  version = 0;
  writes = 0;
  trusted = "";
  trustChanges = 0;
  /** What the next calls fail with. */
  problem: Error | undefined;

  readonly store = {
    read: async () => {
      if (this.problem) throw this.problem;
      const isThere = this.stored !== undefined;
      return { stored: this.stored, version: isThere ? String(this.version) : undefined };
    },
    write: async (stored: StoredCertificate, version: string | undefined) => {
      // As long as a call over a network takes: others write meanwhile.
      await turn();
      if (version !== (this.stored === undefined ? undefined : String(this.version))) return false;
      this.stored = stored;
      this.version += 1;
      this.writes += 1;
      return true;
    },
  };

  readonly trust = {
    trust: async (authorities: string) => {
      if (this.trusted === authorities) return false;
      this.trusted = authorities;
      this.trustChanges += 1;
      return true;
    },
  };

  replica(more: { readonly names?: readonly string[] } = {}) {
    const served: ServingPair[] = [];
    const { log, lines } = collectingLog();
    const { store, trust, clock } = this;
    const certificate = new KeptCertificate({
      ...{ store, trust, names, lifeMs, log, after: clock.after, ...more },
      now: () => Date.UTC(2026, 0) + clock.nowMs(),
      onCertificate: (pair) => served.push(pair),
    });
    return { certificate, served, lines };
  }

  /** Lets time pass, a look at a time. */
  async pass(ms: number): Promise<void> {
    for (const endMs = this.clock.nowMs() + ms; this.clock.nowMs() < endMs; ) {
      this.clock.advanceTo(Math.min(endMs, this.clock.nowMs() + 1_000));
      for (let each = 0; each < 5; each++) await turn();
    }
  }
}

function authoritiesIn(text: string | undefined): number {
  return text?.match(/BEGIN CERTIFICATE/g)?.length ?? 0;
}

describe("the certificate that replicas keep together", () => {
  it("is issued once, trusted, and served by all of them at once", async () => {
    const cluster = new Cluster();
    const replicas = [cluster.replica(), cluster.replica(), cluster.replica()];
    await Promise.all(replicas.map(({ certificate }) => certificate.start()));
    assert.equal(cluster.writes, 1);
    assert.equal(cluster.trusted, cluster.stored?.authorities);
    for (const { served } of replicas) {
      assert.deepEqual(
        served.map(({ certificate }) => certificate),
        [cluster.stored?.certificate],
      );
    }
  });

  it("is renewed at two thirds of its life, once for all, and trusted before it is served", async () => {
    const cluster = new Cluster();
    const replicas = [cluster.replica(), cluster.replica()];
    for (const { certificate } of replicas) await certificate.start();
    const first = cluster.stored;
    await cluster.pass((lifeMs * 2) / 3 - lookMs);
    assert.equal(cluster.writes, 1);
    while (cluster.writes === 1) await cluster.pass(1_000);
    assert.ok(cluster.clock.nowMs() <= (lifeMs * 2) / 3 + lookMs);
    assert.equal(authoritiesIn(cluster.trusted), 2, "both authorities are trusted");
    assert.ok(replicas.every(({ served }) => served.length === 1));
    await cluster.pass(settleMs + lookMs);
    assert.equal(cluster.writes, 2);
    for (const { served, certificate } of replicas) {
      assert.equal(served[1]?.certificate, cluster.stored?.certificate);
      assert.notEqual(served[1]?.certificate, first?.certificate);
      assert.equal(certificate.renewals, 1);
    }
  });

  it("trusts no more than two authorities, however often it is renewed", async () => {
    const cluster = new Cluster();
    const { certificate } = cluster.replica();
    await certificate.start();
    await cluster.pass(lifeMs * 3);
    assert.ok(certificate.renewals >= 3);
    assert.equal(authoritiesIn(cluster.trusted), 2);
    certificate.close();
    const { writes } = cluster;
    await cluster.pass(lifeMs * 2);
    assert.equal(cluster.writes, writes, "it is closed");
  });

  it("is trusted again where somebody has put the configuration back", async () => {
    const cluster = new Cluster();
    await cluster.replica().certificate.start();
    cluster.trusted = "";
    await cluster.pass(lookMs);
    assert.equal(cluster.trusted, cluster.stored?.authorities);
  });

  it("is replaced where what is kept is broken, or for other names", async () => {
    const cluster = new Cluster();
    await cluster.replica().certificate.start();
    const first = cluster.stored as StoredCertificate;
    cluster.stored = { ...first, key: "broken" };
    await cluster.pass(lookMs);
    assert.notEqual(cluster.stored.certificate, first.certificate);
    const other = cluster.replica({ names: ["other.exosphere.svc"] });
    await other.certificate.start();
    assert.equal(cluster.writes, 3);
    assert.equal(other.served.length, 1);
  });

  it("goes on with what it has while the API server is away, says so, and renews later", async () => {
    const cluster = new Cluster();
    const { certificate, lines } = cluster.replica();
    await certificate.start();
    cluster.problem = new Error("connection refused");
    await cluster.pass(lifeMs * 0.9);
    assert.ok(certificate.failures > 0);
    assert.equal(certificate.remarks.length, 1);
    assert.ok(lines.some(({ msg }) => msg === "the certificate cannot be looked after"));
    cluster.problem = undefined;
    await cluster.pass(lookMs + settleMs + lookMs);
    assert.deepEqual(certificate.remarks, []);
    assert.equal(certificate.renewals, 1);
  });

  it("is served at once where the one before has ended", async () => {
    const cluster = new Cluster();
    const { certificate, served } = cluster.replica();
    await certificate.start();
    cluster.problem = new Error("connection refused");
    await cluster.pass(lifeMs + 60_000);
    cluster.problem = undefined;
    await cluster.pass(5_000);
    assert.equal(served.length, 2);
  });
});
