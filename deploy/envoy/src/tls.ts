import { dirname } from "node:path/posix";
import type { TransportSocket } from "./api/envoy/config/core/v3/base.ts";
import type { Secret } from "./api/envoy/extensions/transport_sockets/tls/v3/secret.ts";
import { extension, typed } from "./typed.ts";

/** The certificate that clients see, in a file that `serverSecret` makes: Envoy reads it again when it changes. */
export interface ServerCertificate {
  /** Path of that file, as Envoy sees it. */
  readonly secretFile: string;
  /** The oldest TLS that clients may speak. */
  readonly oldest: "TLSv1_2" | "TLSv1_3";
}

const secretName = "clients";

/** TLS towards clients, for the protocols of HTTP by ALPN. */
export function serverTls({ secretFile, oldest }: ServerCertificate): TransportSocket {
  return extension("envoy.transport_sockets.tls", "transport_sockets.tls.v3.DownstreamTlsContext", {
    common_tls_context: {
      tls_params: { tls_minimum_protocol_version: oldest, tls_maximum_protocol_version: "TLSv1_3" },
      alpn_protocols: ["h2", "http/1.1"],
      tls_certificate_sds_secret_configs: [
        {
          name: secretName,
          sds_config: { path_config_source: { path: secretFile }, resource_api_version: "V3" },
        },
      ],
    },
  });
}

/**
 * The file that says where certificate and key are: PEM, the certificate with those between it and its root. A certificate that is
 * renewed is taken up when something is moved into its folder, as certbot, cert-manager and Kubernetes do.
 */
export function serverSecret(certificateFile: string, keyFile: string): { readonly resources: readonly object[] } {
  const secret: Secret = {
    name: secretName,
    tls_certificate: {
      certificate_chain: { filename: certificateFile },
      private_key: { filename: keyFile },
      watched_directory: { path: dirname(certificateFile) },
    },
  };
  return { resources: [typed("transport_sockets.tls.v3.Secret", secret)] };
}
