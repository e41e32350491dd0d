import { runMain } from "@exosphere/process";
import { startExocom, version } from "./app.ts";
import { checkExocom } from "./check-settings.ts";
import { exocomSettings } from "./config.ts";

await runMain({
  command: "exocom",
  about:
    "Broker and JSON edges in one process, for development: no sidecars needed. 'exocom serve' is the broker by itself.",
  version,
  settings: exocomSettings,
  check: checkExocom,
  start: startExocom,
});
