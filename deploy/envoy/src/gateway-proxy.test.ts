import assert from "node:assert/strict";
import { envoyTitle, hasEnvoy, validateByEnvoy } from "@exosphere/testkit/envoy-process";
import type { HttpConnectionManager } from "./api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.ts";
import { bootstrapMistakes } from "./bootstrap-mistakes.ts";
import { gatewayProxy } from "./gateway-proxy.ts";
import { gatewayProxySample } from "./samples.fixture.ts";

describe("Envoy in front of the gateway", () => {
  it("has a cluster for each route, and its router last", () => {
    assert.deepEqual(bootstrapMistakes(gatewayProxy(gatewayProxySample())), []);
  });

  it("ends no WebSocket and no event stream", () => {
    const { static_resources } = gatewayProxy(gatewayProxySample());
    const [filter] = static_resources?.listeners?.[0]?.filter_chains?.[0]?.filters ?? [];
    const manager = filter?.typed_config as HttpConnectionManager | undefined;
    const [host] = manager?.route_config?.virtual_hosts ?? [];
    const endless = host?.routes?.filter(({ route }) => route?.timeout === "0s" && route.idle_timeout === "0s");
    assert.deepEqual(
      endless?.map(({ match }) => match?.path),
      ["/v1/socket", "/", "/v1/events"],
    );
    assert.equal(manager?.stream_idle_timeout, "0s");
  });

  it("answers any host where it is told so, and listens once without TLS", () => {
    const plain = gatewayProxy(gatewayProxySample({ hosts: ["*"], certificate: undefined }));
    assert.equal(plain.static_resources?.listeners?.length, 1);
    assert.match(JSON.stringify(plain), /"domains":\["\*"\]/);
  });

  it("names what is missing, unused or out of order", () => {
    const wrong = gatewayProxy(gatewayProxySample());
    const text = JSON.stringify(wrong).replaceAll('"cluster":"gateway"', '"cluster":"gatway"');
    assert.deepEqual(bootstrapMistakes(JSON.parse(text)), [
      ...Array.from({ length: 4 }, () => "no cluster is named 'gatway', which requests are sent to"),
      "nothing is sent to the cluster 'gateway'",
    ]);
    const reversed = JSON.parse(JSON.stringify(wrong), (key, value) =>
      key === "http_filters" ? value.reverse() : value,
    );
    assert.match(bootstrapMistakes(reversed)[0] ?? "", /^the router is not the last/);
  });

  it(`is taken by Envoy, with and without TLS${envoyTitle}`, function () {
    if (!hasEnvoy) return this.skip();
    this.timeout(30_000);
    const certificate = undefined;
    const byName = [
      { host: "gateway-0.gateway", port: 4300 },
      { host: "gateway-1.gateway", port: 4300 },
    ];
    assert.equal(validateByEnvoy(gatewayProxy(gatewayProxySample({ certificate, gateways: byName }))), undefined);
    const misspelt = { ...gatewayProxy(gatewayProxySample({ certificate })), admn: {} };
    assert.match(validateByEnvoy(misspelt) ?? "", /admn/);
  });
});
