import { patterned } from "./deploy-forms.ts";
import type { EnvoyDeployment } from "./deploy-section.ts";
import { flag, integer, oneOf } from "./form.ts";
import { KeyedMap } from "./keyed-map.ts";
import { MapDeclaration } from "./map-declaration.ts";
import type { YamlValue } from "./yaml-value.ts";

const address = patterned(/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}:[1-9][0-9]{0,4}$/, "a host and a port", "gateway:4300");
const filePath = patterned(/^\/[^\n]{1,4094}$/, "the absolute path of a file", "/certs/tls.crt");

/** The keys of `deploy.envoy` in application.yml. */
export const envoyKeys = new MapDeclaration({
  gateway: { form: address, does: "where Envoy finds the gateway" },
  "gateway-admin-port": { form: integer(1, 65_535), does: "port of the gateway's `/readyz`, as Envoy reaches it" },
  broker: { form: address, does: "where Envoy finds the broker" },
  port: { form: integer(1, 65_535), does: "port with TLS for clients" },
  "redirect-port": { form: integer(1, 65_535), does: "port without TLS, from which clients are sent to the other" },
  "broker-port": { form: integer(1, 65_535), does: "port for sidecars and the gateway" },
  certificate: { form: filePath, does: "file with the certificate that clients see, PEM" },
  key: { form: filePath, does: "file with its private key, PEM" },
  tls: { form: oneOf(["1.2", "1.3"]), does: "the oldest TLS that clients may speak" },
  hsts: { form: flag, does: "whether browsers are told to come with TLS alone, for a year" },
  "requests-per-second": { form: integer(1, 1_000_000), does: "requests a second of all clients together" },
  "requests-per-connection": { form: integer(1, 100_000), does: "requests a second of one connection" },
  "max-connections": { form: integer(1, 1_000_000), does: "connections at once" },
});

/** What is not said. Ports are those that a process may listen on without rights of its own. */
export const usualEnvoy: EnvoyDeployment = {
  gateway: "gateway:4300",
  gatewayAdminPort: 4301,
  broker: "broker:4100",
  port: 8443,
  redirectPort: 8080,
  brokerPort: 4100,
  certificate: "/certs/tls.crt",
  key: "/certs/tls.key",
  oldestTls: "1.3",
  isHsts: true,
  requestsPerSecond: 5_000,
  requestsPerConnection: 100,
  maxConnections: 20_000,
};

/** Reads `deploy.envoy` of application.yml. */
export function readEnvoy(value: YamlValue | undefined): EnvoyDeployment {
  const map = KeyedMap.of(value, envoyKeys);
  const usual = usualEnvoy;
  return {
    gateway: map?.read("gateway") ?? usual.gateway,
    gatewayAdminPort: map?.read("gateway-admin-port") ?? usual.gatewayAdminPort,
    broker: map?.read("broker") ?? usual.broker,
    port: map?.read("port") ?? usual.port,
    redirectPort: map?.read("redirect-port") ?? usual.redirectPort,
    brokerPort: map?.read("broker-port") ?? usual.brokerPort,
    certificate: map?.read("certificate") ?? usual.certificate,
    key: map?.read("key") ?? usual.key,
    oldestTls: map?.read("tls") ?? usual.oldestTls,
    isHsts: map?.read("hsts") ?? usual.isHsts,
    requestsPerSecond: map?.read("requests-per-second") ?? usual.requestsPerSecond,
    requestsPerConnection: map?.read("requests-per-connection") ?? usual.requestsPerConnection,
    maxConnections: map?.read("max-connections") ?? usual.maxConnections,
  };
}
