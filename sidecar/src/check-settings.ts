import { mistakesOf, readBearerToken, readToken, type SettingsFound, samePorts, tooSmall } from "@exosphere/runtime";
import type { sidecarSettings } from "./config.ts";
import { socketPathMistakes } from "./socket/socket-path.ts";

/** What is wrong with the settings of a sidecar together, and with the files that they name. */
export function checkSidecar(found: SettingsFound<typeof sidecarSettings>): string[] {
  const { attachTokenFile, adminTokenFile, tokenFile, socket, host, port, adminHost, adminPort } = found.config;
  const ports = [
    { setting: "port", host, port },
    { setting: "adminPort", host: adminHost, port: adminPort },
  ];
  const { maxPayload, maxOutboxBytes, maxBodyBytes } = found.config;
  return [
    ...mistakesOf(
      () => readToken(attachTokenFile, "--attach-token-file"),
      () => readToken(adminTokenFile, "--admin-token-file"),
      () => readBearerToken(tokenFile, "--token-file"),
    ),
    ...socketPathMistakes(socket),
    ...samePorts(ports),
    ...tooSmall({ maxPayload }, { maxOutboxBytes, maxBodyBytes }),
  ];
}
