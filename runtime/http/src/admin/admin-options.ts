import type { AdminOptions } from "./admin-server.ts";

/** The settings of a process with an admin port, as they were loaded. */
export interface LoadedAdmin {
  readonly config: {
    readonly adminHost: string;
    readonly adminPort: number;
    readonly adminAllowHosts: readonly string[];
    readonly maxAdminConnections: number;
  };
  /** Every effective setting. */
  describe(): object;
}

/** Where the admin server of a process listens, by which flags, and the settings that it shows: as they were loaded. */
export function adminOptionsOf(
  loaded: LoadedAdmin,
): Pick<AdminOptions, "host" | "port" | "setting" | "hostSetting" | "hosts" | "maxConnections" | "settings"> {
  const {
    adminHost: host,
    adminPort: port,
    adminAllowHosts: hosts,
    maxAdminConnections: maxConnections,
  } = loaded.config;
  const flags = { setting: "--admin-port", hostSetting: "--admin-host" };
  return { host, port, ...flags, hosts, maxConnections, settings: () => loaded.describe() };
}
