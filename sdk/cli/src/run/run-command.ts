import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ApplicationError, readApplication } from "@exosphere/application";
import { embeddedProgram, exitCodes, StartError } from "@exosphere/process";
import { loadSettings, mistakesOf, SettingsError } from "@exosphere/settings";
import { printable, printableLines } from "@exosphere/telemetry";
import { applicationFolder } from "../application-folder.ts";
import type { CommandInput } from "../command.ts";
import type { PlanInput } from "./process-plan.ts";
import { runSettings } from "./run-settings.ts";
import { Session } from "./session.ts";

/** What `exo run` is given. */
export interface RunCommandInput extends CommandInput {
  /** Programs of the broker and the sidecar; by default those of this installation. */
  readonly programs?: PlanInput["programs"];
}

/** Runs an application until a signal ends it. Resolves with the exit code when no process is left; never rejects. */
export async function runCommand(input: RunCommandInput): Promise<number> {
  try {
    const loaded = loadSettings({
      command: "exo run",
      about:
        "Runs an application on this machine: a broker, a sidecar per service, the services, the gateway and the dashboard.",
      version: input.version,
      settings: runSettings,
      positionals: {
        name: "FOLDER",
        help: "the application's folder; by default the current one, or the nearest above it that has an application.yml",
        max: 1,
      },
      argv: input.argv,
      check: ({ positionals: [folder] }) =>
        folder === undefined && !existsSync(join(applicationFolder(folder), "application.yml"))
          ? ["there is no application.yml in this folder or above it; 'exo init' writes an application"]
          : mistakesOf(() => readApplication(applicationFolder(folder))),
      env: input.env,
    });
    if (loaded.kind === "run") {
      const { config, positionals } = loaded;
      const programs = input.programs ?? installedPrograms();
      await Session.run({ root: applicationFolder(positionals[0]), config, env: input.env, programs });
    } else process.stdout.write(loaded.text);
    return exitCodes.ok;
  } catch (error) {
    return report(error);
  }
}

/** From the sources as well as from a built tree; a single executable is all of them itself. */
function installedPrograms(): PlanInput["programs"] {
  const installed = (specifier: string) => [
    process.execPath,
    "--disable-warning=ExperimentalWarning",
    fileURLToPath(import.meta.resolve(specifier)),
  ];
  return {
    broker: embeddedProgram("exocom") ?? installed("@exosphere/broker/bin"),
    sidecar: embeddedProgram("exo-sidecar") ?? installed("@exosphere/sidecar/bin"),
    gateway: embeddedProgram("exo-gateway") ?? installed("@exosphere/gateway/bin"),
    dashboard: embeddedProgram("exo-analytics") ?? installed("@exosphere/analytics/bin"),
  };
}

function report(error: unknown): number {
  if (error instanceof SettingsError || error instanceof ApplicationError) {
    for (const mistake of error.mistakes) process.stderr.write(`exo run: ${printable(mistake)}\n`);
    return exitCodes.usage;
  }
  const text = error instanceof StartError ? error.message : ((error as Error).stack ?? String(error));
  process.stderr.write(`exo run: ${printableLines(text)}\n`);
  return exitCodes.failure;
}
