import assert from "node:assert/strict";
import { envoyTitle, hasEnvoy, validateByEnvoy } from "@exosphere/testkit/envoy-process";
import { bootstrapMistakes } from "./bootstrap-mistakes.ts";
import { type BrokerProxy, brokerProxy, type ProxiedBroker } from "./broker-proxy.ts";

const base = { name: "links", adminPort: 9902, maxConnections: 20_000, listen: { host: "127.0.0.1", port: 4100 } };
const broker = (index: number, serverName?: string): ProxiedBroker => ({
  host: `broker-${index}`,
  port: 4100,
  serverName,
});
const proxies: Record<string, BrokerProxy> = {
  "one broker without TLS": { ...base, brokers: [broker(0)] },
  "three brokers by their names": { ...base, brokers: [0, 1, 2].map((index) => broker(index, `broker-${index}.shop`)) },
};

describe("Envoy between sidecars and brokers", () => {
  for (const [what, proxy] of Object.entries(proxies)) {
    it(`passes on links to ${what}${envoyTitle}`, function () {
      this.timeout(30_000);
      const bootstrap = brokerProxy(proxy);
      assert.deepEqual(bootstrapMistakes(bootstrap), []);
      if (!hasEnvoy) return this.skip();
      assert.equal(validateByEnvoy(bootstrap), undefined);
    });
  }

  it("refuses brokers that cannot be told apart", () => {
    assert.throws(() => brokerProxy({ ...base, brokers: [] }), /at least one/);
    assert.throws(() => brokerProxy({ ...base, brokers: [broker(0), broker(1)] }), /server name/);
    assert.throws(() => brokerProxy({ ...base, brokers: [broker(0, "a"), broker(1, "a")] }), /same server name/);
  });
});
