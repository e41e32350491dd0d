import type { GatewayProxy } from "./gateway-proxy.ts";

/** A proxy in front of one gateway, with TLS; what a test needs otherwise is put over it. */
export function gatewayProxySample(over: Partial<GatewayProxy> = {}): GatewayProxy {
  return {
    name: "shop-gateway",
    adminPort: 9901,
    maxConnections: 1000,
    listen: { host: "127.0.0.1", port: 8443 },
    certificate: { secretFile: "/etc/envoy/tls.yaml", oldest: "TLSv1_3" },
    redirectFrom: { host: "127.0.0.1", port: 8080 },
    hsts: "max-age=31536000",
    hosts: ["shop.example.org"],
    gateways: [{ host: "127.0.0.1", port: 4300 }],
    gatewayAdminPort: 4301,
    perConnection: { perSecond: 100, burst: 200 },
    ofAll: { perSecond: 10_000, burst: 20_000 },
    ...over,
  };
}
