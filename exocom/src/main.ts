import { runMain } from "@exosphere/process";
import { startExocom, version } from "./app.ts";
import { checkExocom } from "./check-settings.ts";
import { exocomSettings } from "./config.ts";

/** The `exocom` command. Resolves when it runs, or has ended the process; never rejects. */
export function main(argv: readonly string[]): Promise<void> {
  return runMain({
    argv,
    command: "exocom",
    about:
      "Broker and JSON edges in one process, for development: no sidecars needed. 'exocom serve' is the broker by itself.",
    version,
    settings: exocomSettings,
    check: checkExocom,
    start: startExocom,
  });
}
