import { logLevels } from "@exosphere/telemetry";
import { setting } from "./declare-setting.ts";

/** Settings that every process has. Spread them into its own: `{ ...processSettings, port: … }`. */
export const processSettings = {
  logLevel: setting.choice(logLevels, { help: "What the log shows at first", default: "info" }),
  pretty: setting.flag({ help: "Log lines for people instead of JSON; without the flag, on a terminal only" }),
  // Within the 30 s that Kubernetes gives a pod, less the time for its probes to notice.
  grace: setting.durationMs({ help: "How long a signalled process may take to finish what it has", default: 10_000 }),
} as const;

/** Settings of a process with an admin port. */
export const adminSettings = {
  adminAllowHosts: setting.list({
    help: "Names, beside loopback and --admin-host, by which the admin port may be called, such as broker; /livez and /readyz answer to any",
    default: [],
  }),
  maxAdminConnections: setting.integer({
    help: "Connections of the admin port: probes, Prometheus and people have a few each, 10 KiB apiece; more are closed",
    default: 1_000,
    min: 1,
  }),
} as const;
