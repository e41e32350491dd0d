import { runMain } from "@exosphere/process";
import { startBroker, version } from "./app.ts";
import { checkBroker } from "./check-settings.ts";
import { brokerSettings } from "./config.ts";

/** The `exocom serve` command. Resolves when the broker runs, or has ended the process; never rejects. */
export function main(argv: readonly string[]): Promise<void> {
  return runMain({
    command: "exocom serve",
    about: "The broker of Exosphere: routes messages between the sidecars that attach to it.",
    version,
    settings: brokerSettings,
    // As `exocom serve`, or run by itself.
    argv: argv[0] === "serve" ? argv.slice(1) : argv,
    check: checkBroker,
    start: startBroker,
  });
}
