import { runMain } from "@exosphere/process";
import { startBroker, version } from "./app.ts";
import { checkBroker } from "./check-settings.ts";
import { brokerSettings } from "./config.ts";

const argv = process.argv.slice(2);

await runMain({
  command: "exocom serve",
  about: "The broker of Exosphere: routes messages between the sidecars that attach to it.",
  version,
  settings: brokerSettings,
  // As `exocom serve`, or run by itself.
  argv: argv[0] === "serve" ? argv.slice(1) : argv,
  check: checkBroker,
  start: startBroker,
});
