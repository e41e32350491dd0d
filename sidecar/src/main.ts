import { runMain } from "@exosphere/process";
import { startSidecar, version } from "./app.ts";
import { checkSidecar } from "./check-settings.ts";
import { sidecarSettings } from "./config.ts";

await runMain({
  command: "exo-sidecar",
  about: "Stands between one app, in any language, and the bus: JSON on this machine, one gRPC stream to the broker.",
  version,
  settings: sidecarSettings,
  allowCommand: true,
  check: checkSidecar,
  start: startSidecar,
});
