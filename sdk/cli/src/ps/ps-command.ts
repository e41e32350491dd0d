import { exitCodes } from "@exosphere/process";
import { loadSettings, setting } from "@exosphere/settings";
import { printable } from "@exosphere/telemetry";
import type { CommandInput } from "../command.ts";
import { type FileCommandInput, runFileCommand } from "../file-command.ts";
import { askRun } from "../run/ask-run.ts";
import type { ShownRun } from "../run/control.ts";
import { findRun } from "../run/run-file.ts";
import { psText } from "./ps-text.ts";

/** Settings of `exo ps`. */
export const psSettings = {
  json: setting.flag({ help: "as JSON, for programs", default: false }),
} as const;

/** What is said where nothing runs. */
export const nothingRuns = "no application runs in this folder or above it: 'exo run' starts one";

/** `exo ps`: which processes the application that runs here has, where they are and how they go. Never rejects. */
export function psCommand(input: CommandInput & Pick<FileCommandInput, "print" | "printError">): Promise<number> {
  const { argv, env, version } = input;
  const load = () =>
    loadSettings({
      command: "exo ps",
      about: "Shows the processes of the application that runs in this folder: where they are, and how they go.",
      version,
      settings: psSettings,
      argv,
      env,
    });
  return runFileCommand("exo ps", input, load, async ({ config }, { print, printError }) => {
    const run = findRun();
    if (run === undefined) {
      if (config.json) print("null");
      else printError(`exo ps: ${nothingRuns}`);
      return exitCodes.failure;
    }
    const shown = (await askRun(run.control, "GET", "/run")) as ShownRun;
    print(config.json ? printable(JSON.stringify(shown)) : psText(shown));
    return exitCodes.ok;
  });
}
