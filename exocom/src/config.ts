import { busSettings } from "@exosphere/broker";
import { edgeLimitSettings, edgeSettings } from "@exosphere/http";
import { adminSettings, type Config, processSettings, setting } from "@exosphere/settings";
import { sidecarSettings } from "@exosphere/sidecar";

const { allowHosts, allowOrigins, tokenFile, concurrency, maxOpenRequests, maxRememberedMessages, maxRememberedBytes } =
  sidecarSettings;

/** Settings of `exocom`, the all-in-one: those of broker and sidecar that mean something here, with the same meaning. */
export const exocomSettings = {
  ...processSettings,
  host: setting.text({ help: "Address that the JSON edges listen on", default: "127.0.0.1" }),
  port: setting.port({ help: "Port of the JSON edges", default: 80, env: "PORT" }),
  allowHosts,
  allowOrigins,
  tokenFile: { ...tokenFile, help: "File with the token that the JSON edges ask for" },
  ...edgeSettings,
  ...edgeLimitSettings,
  grpcHost: setting.text({ help: "Address that the gRPC port listens on", default: "127.0.0.1" }),
  grpcPort: setting.port({ help: "gRPC port, for sidecars; not given: none" }),
  adminHost: setting.text({ help: "Address that the admin port listens on", default: "127.0.0.1" }),
  adminPort: setting.port({ help: "Port for health, metrics and settings; not given: none" }),
  ...adminSettings,
  concurrency,
  maxOpenRequests,
  maxRememberedMessages,
  maxRememberedBytes,
  maxWebsockets: setting.integer({
    help: "WebSockets, and inboxes, that may be open, each an instance of some 70 KiB; more get RATE_LIMITED",
    default: 1_000,
    min: 1,
  }),
  ...busSettings,
} as const;

/** The settings of the all-in-one, complete. */
export type ExocomConfig = Config<typeof exocomSettings>;
