import { runMain } from "@exosphere/process";
import { startSidecar, version } from "./app.ts";
import { checkSidecar } from "./check-settings.ts";
import { sidecarSettings } from "./config.ts";

/** The `exo-sidecar` command. Resolves when it runs, or has ended the process; never rejects. */
export function main(argv: readonly string[]): Promise<void> {
  return runMain({
    argv,
    command: "exo-sidecar",
    about: "Stands between one app, in any language, and the bus: JSON on this machine, one gRPC stream to the broker.",
    version,
    settings: sidecarSettings,
    allowCommand: true,
    check: checkSidecar,
    start: startSidecar,
  });
}
