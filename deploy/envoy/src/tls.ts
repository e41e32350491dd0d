import type { TransportSocket } from "./api/envoy/config/core/v3/base.ts";
import { extension } from "./typed.ts";

/** The certificate that clients see. */
export interface ServerCertificate {
  /** File with the certificate and those between it and its root, PEM. */
  readonly certificateFile: string;
  /** File with its private key, PEM. */
  readonly keyFile: string;
  /** The oldest TLS that clients may speak. */
  readonly oldest: "TLSv1_2" | "TLSv1_3";
}

/** TLS towards clients, for the protocols of HTTP by ALPN. */
export function serverTls({ certificateFile, keyFile, oldest }: ServerCertificate): TransportSocket {
  return extension("envoy.transport_sockets.tls", "transport_sockets.tls.v3.DownstreamTlsContext", {
    common_tls_context: {
      tls_params: { tls_minimum_protocol_version: oldest, tls_maximum_protocol_version: "TLSv1_3" },
      alpn_protocols: ["h2", "http/1.1"],
      tls_certificates: [{ certificate_chain: { filename: certificateFile }, private_key: { filename: keyFile } }],
    },
  });
}
