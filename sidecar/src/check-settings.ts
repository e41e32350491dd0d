import { mistakesOf, readBearerTokens, readTokens, type SettingsFound, samePorts, tooSmall } from "@exosphere/settings";
import type { sidecarSettings } from "./config.ts";
import { socketPathMistakes } from "./socket/socket-path.ts";

/** What is wrong with the settings of a sidecar together, and with the files that they name. */
export function checkSidecar(found: SettingsFound<typeof sidecarSettings>): string[] {
  const { app, attachTokenFile, adminTokenFile, tokenFile, socket, host, port, adminHost, adminPort } = found.config;
  const ports = [
    { setting: "port", host, port },
    { setting: "adminPort", host: adminHost, port: adminPort },
  ];
  const { maxPayload, maxOutboxBytes, maxBodyBytes, maxUnreadBytes } = found.config;
  return [
    ...mistakesOf(
      () => attachTokenFile && readTokens(attachTokenFile, "--attach-token-file"),
      () => adminTokenFile && readTokens(adminTokenFile, "--admin-token-file"),
      () => tokenFile && readBearerTokens(tokenFile, "--token-file"),
    ),
    ...appMistakes(app),
    ...socketPathMistakes(socket),
    ...samePorts(ports),
    ...tooSmall({ maxPayload }, { maxOutboxBytes, maxBodyBytes, maxUnreadBytes }),
  ];
}

/** What a URL may have and deliveries would go without. It is not repeated, as there may be a password in it. */
function appMistakes(app: string | undefined): string[] {
  const url = app === undefined ? null : URL.parse(app);
  if (url === null || url.username + url.password + url.search + url.hash === "") return [];
  return ["--app: deliveries carry no user, query or fragment; give scheme, host, port and path alone"];
}
