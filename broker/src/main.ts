import { exitCodes, runMain } from "@exosphere/runtime";
import { startBroker, version } from "./app.ts";
import { brokerSettings } from "./config.ts";

const [subcommand, ...argv] = process.argv.slice(2);

if (subcommand === "serve") {
  await runMain({
    command: "exocom serve",
    about: "The broker of Exosphere: routes messages between the sidecars that attach to it.",
    version,
    settings: brokerSettings,
    argv,
    start: startBroker,
  });
} else if (subcommand === "--version") {
  console.log(version);
} else {
  const isHelp = subcommand === "--help";
  const say = isHelp ? console.log : console.error;
  if (!isHelp)
    say(`exocom: ${subcommand === undefined ? "no command is given" : `there is no command '${subcommand}'`}\n`);
  say("usage: exocom serve [settings]    the broker; 'exocom serve --help' lists its settings");
  process.exitCode = isHelp ? exitCodes.ok : exitCodes.usage;
}
