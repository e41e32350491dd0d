import { adminSettings, type Config, processSettings, setting } from "@exosphere/settings";
import { busSettings } from "./bus-settings.ts";

/** Settings of `exocom serve`. Each is a flag, a variable EXO_… and a key of the --config file. */
export const brokerSettings = {
  ...processSettings,
  host: setting.text({ help: "Address that the gRPC port listens on", default: "127.0.0.1" }),
  port: setting.port({ help: "gRPC port", default: 4100 }),
  adminHost: setting.text({ help: "Address that the admin port listens on", default: "127.0.0.1" }),
  adminPort: setting.port({ help: "Port for health, metrics and settings", default: 4101 }),
  ...adminSettings,
  ...busSettings,
} as const;

/** The settings of a broker, complete. */
export type BrokerConfig = Config<typeof brokerSettings>;
