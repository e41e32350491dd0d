import { checkBus } from "@exosphere/broker";
import { mistakesOf, readBearerTokens, type SettingsFound, samePorts, tooSmall } from "@exosphere/settings";
import type { exocomSettings } from "./config.ts";

/** What is wrong with the settings of the all-in-one together. */
export function checkExocom(found: SettingsFound<typeof exocomSettings>): string[] {
  const { host, port, tokenFile, grpcHost, grpcPort, adminHost, adminPort, maxPayload, maxBodyBytes } = found.config;
  const ports = [
    { setting: "port", host, port },
    { setting: "grpcPort", host: grpcHost, port: grpcPort },
    { setting: "adminPort", host: adminHost, port: adminPort },
  ];
  return [
    ...checkBus(found),
    ...mistakesOf(() => tokenFile && readBearerTokens(tokenFile, "--token-file")),
    ...samePorts(ports),
    ...tooSmall({ maxPayload }, { maxBodyBytes }),
  ];
}
