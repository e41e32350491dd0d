import { checkBus } from "@exosphere/broker";
import { type SettingsFound, samePorts } from "@exosphere/runtime";
import type { exocomSettings } from "./config.ts";

/** What is wrong with the settings of the all-in-one together. */
export function checkExocom(found: SettingsFound<typeof exocomSettings>): string[] {
  const { host, port, grpcHost, grpcPort, adminHost, adminPort } = found.config;
  const ports = [
    { setting: "port", host, port },
    { setting: "grpcPort", host: grpcHost, port: grpcPort },
    { setting: "adminPort", host: adminHost, port: adminPort },
  ];
  return [...checkBus(found), ...samePorts(ports)];
}
