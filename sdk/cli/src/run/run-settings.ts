import { setting } from "@exosphere/settings";

/** Settings of `exo run`. Each is a flag, a variable EXO_… and a key of the --config file. */
export const runSettings = {
  port: setting.port({
    help: "port of the first public service; without it, 3000, or a free one where that is taken",
    env: "PORT",
  }),
  brokerPort: setting.port({ help: "port of the broker; without it, 4100, or a free one where that is taken" }),
  gatewayPort: setting.port({
    help: "port of the gateway for clients; without it, 4300, or a free one where that is taken",
  }),
  dashboard: setting.flag({ help: "run the dashboard as well; --no-dashboard leaves it out", default: true }),
  dashboardPort: setting.port({ help: "port of the dashboard; without it, 4400, or a free one where that is taken" }),
  watch: setting.flag({
    help: "start a service again when its files change; its sidecar keeps its place, and its messages wait",
    default: false,
  }),
  tap: setting.flag({ help: "print what happens on the bus among the output of the services", default: false }),
  runFile: setting.flag({
    help: "say in .exosphere/ where the application runs, for other commands; --no-run-file runs it a second time beside",
    default: true,
  }),
  // A service that compiles or installs something first may well take half a minute.
  onlineTimeout: setting.durationMs({ help: "how long each process may take to come up", default: 60_000, min: 1 }),
  grace: setting.durationMs({ help: "how long each process may take to end when it is asked to", default: 10_000 }),
} as const;
