import type { Command } from "./command.ts";

/** Every command but `help` and `version`, in the order in which people meet them. What lists commands reads this. */
export const commands: Readonly<Record<string, Command>> = {
  init: {
    operands: "[folder]",
    does: "writes an application of two services that talk",
    settings: async () => (await import("./scaffold/init-command.ts")).initSettings,
    run: async (input) => (await import("./scaffold/init-command.ts")).initCommand(input),
  },
  add: {
    operands: "service name",
    does: "adds a service, in a language of choice, to the application",
    settings: async () => (await import("./scaffold/add-command.ts")).addSettings,
    words: async () => [["service"]],
    run: async (input) => (await import("./scaffold/add-command.ts")).addCommand(input),
  },
  run: {
    operands: "[folder]",
    does: "runs an application: a broker, a sidecar per service, the services, gateway and dashboard",
    settings: async () => (await import("./run/run-settings.ts")).runSettings,
    run: async (input) => (await import("./run/run-command.ts")).runCommand(input),
  },
  send: {
    operands: "name [json]",
    does: "sends a message as one of the roles",
    settings: async () => (await import("./call/call-settings.ts")).callSettings,
    run: async (input) => (await import("./call/call-command.ts")).sendCommand(input),
  },
  request: {
    operands: "name [json]",
    does: "sends a message as one of the roles, and prints the reply",
    settings: async () => (await import("./call/call-settings.ts")).callSettings,
    run: async (input) => (await import("./call/call-command.ts")).requestCommand(input),
  },
  ps: {
    does: "shows the processes of the application that runs here",
    settings: async () => (await import("./ps/ps-command.ts")).psSettings,
    run: async (input) => (await import("./ps/ps-command.ts")).psCommand(input),
  },
  stop: {
    operands: "[role]",
    does: "ends the application that runs here, or the apps of a role",
    settings: async () => (await import("./ps/stop-command.ts")).stopSettings,
    run: async (input) => (await import("./ps/stop-command.ts")).stopCommand(input),
  },
  tap: {
    does: "shows what happens on the bus, as it happens",
    settings: async () => (await import("./watch/watch-settings.ts")).tapSettings,
    run: async (input) => (await import("./watch/commands.ts")).tapCommand(input),
  },
  top: {
    does: "shows roles, rates, latencies and queues",
    settings: async () => (await import("./watch/watch-settings.ts")).topSettings,
    run: async (input) => (await import("./watch/commands.ts")).topCommand(input),
  },
  trace: {
    operands: "[activity]",
    does: "shows one activity from its first message to its last",
    settings: async () => (await import("./watch/watch-settings.ts")).traceSettings,
    run: async (input) => (await import("./watch/commands.ts")).traceCommand(input),
  },
  lint: {
    operands: "[folder]",
    does: "finds what is wrong with an application before it runs",
    settings: async () => (await import("./lint/lint-settings.ts")).lintSettings,
    run: async (input) => (await import("./lint/lint-command.ts")).lintCommand(input),
  },
  test: {
    operands: "[folder] [service]",
    does: "runs the tests of the services, with a mock of the bus where they ask for one",
    settings: async () => (await import("./testing/test-settings.ts")).testSettings,
    run: async (input) => (await import("./testing/test-command.ts")).testCommand(input),
  },
  doctor: {
    operands: "[folder]",
    does: "says what does not work on this machine, and what to do",
    settings: async () => (await import("./doctor/doctor-settings.ts")).doctorSettings,
    run: async (input) => (await import("./doctor/doctor-command.ts")).doctorCommand(input),
  },
  mock: {
    does: "plays ExoCom for a service under test, in any language",
    settings: async () => (await import("./mock/mock-settings.ts")).mockSettings,
    run: async (input) => (await import("./mock/mock-command.ts")).mockCommand(input),
  },
  types: {
    operands: "[folder]",
    does: "writes the messages that services send and receive as TypeScript",
    settings: async () => (await import("./types/types-settings.ts")).typesSettings,
    run: async (input) => (await import("./types/types-command.ts")).typesCommand(input),
  },
  generate: {
    operands: "[folder]",
    does: "writes openapi.json and asyncapi.json of the gateway",
    settings: async () => (await import("./generate/generate-settings.ts")).generateSettings,
    run: async (input) => (await import("./generate/generate-command.ts")).generateCommand(input),
  },
  deploy: {
    operands: "<target> [folder]",
    does: "writes what runs an application elsewhere, such as for Docker Compose or systemd",
    settings: async () => (await import("./deploy/deploy-settings.ts")).deploySettings,
    words: async () => [(await import("@exosphere/deploy")).targets.map(({ name }) => name)],
    run: async (input) => (await import("./deploy/deploy-command.ts")).deployCommand(input),
  },
  completion: {
    operands: "<shell>",
    does: "prints what completes commands and flags in bash, zsh or fish",
    settings: async () => ({}),
    words: async () => [(await import("./completion/shells.ts")).shells],
    run: async (input) =>
      (await import("./completion/completion-command.ts")).completionCommand({ ...input, commands }),
  },
};
