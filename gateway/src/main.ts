import { runMain } from "@exosphere/process";
import { startGateway, version } from "./app.ts";
import { checkGateway } from "./check-settings.ts";
import { gatewaySettings } from "./config.ts";

/** The `exo-gateway` command. Resolves when it runs, or has ended the process; never rejects. */
export function main(argv: readonly string[]): Promise<void> {
  return runMain({
    argv,
    command: "exo-gateway",
    about: "Brings the bus to browsers, phones and curl: HTTP, WebSocket and server-sent events.",
    version,
    settings: gatewaySettings,
    check: checkGateway,
    start: startGateway,
  });
}
