import { runMain } from "@exosphere/process";
import { startGateway, version } from "./app.ts";
import { checkGateway } from "./check-settings.ts";
import { gatewaySettings } from "./config.ts";

await runMain({
  command: "exo-gateway",
  about: "Brings the bus to browsers, phones and curl: HTTP, WebSocket and server-sent events.",
  version,
  settings: gatewaySettings,
  check: checkGateway,
  start: startGateway,
});
