import { mistakesOf, readTokens, type SettingsFound, samePorts, tooSmall } from "@exosphere/settings";
import type { busSettings } from "./bus-settings.ts";
import type { brokerSettings } from "./config.ts";
import { routesMistakes } from "./routes-source.ts";
import { readAttachTokens } from "./tokens.ts";

/** The settings of a bus, whatever it listens on. */
type BusFound = SettingsFound<typeof busSettings>;

/** What is wrong with the files that the settings of a bus lead to. */
export function checkBus(found: BusFound): string[] {
  const { attachTokens, adminTokenFile, maxPayload, maxQueueBytes, maxTotalBytes, maxInFlightBytes, maxUnreadBytes } =
    found.config;
  return [
    ...routesMistakes(found),
    ...mistakesOf(
      () => attachTokens && readAttachTokens(attachTokens, "--attach-tokens"),
      () => adminTokenFile && readTokens(adminTokenFile, "--admin-token-file"),
    ),
    ...tooSmall({ maxPayload }, { maxQueueBytes, maxTotalBytes, maxInFlightBytes, maxUnreadBytes }),
  ];
}

/** What is wrong with the settings of a broker together. */
export function checkBroker(found: SettingsFound<typeof brokerSettings>): string[] {
  const { host, port, adminHost, adminPort } = found.config;
  const ports = [
    { setting: "port", host, port },
    { setting: "adminPort", host: adminHost, port: adminPort },
  ];
  return [...checkBus(found), ...samePorts(ports)];
}
