import { setTimeout as pause } from "node:timers/promises";
import { exitCodes } from "@exosphere/process";
import { loadSettings, setting } from "@exosphere/settings";
import type { CommandInput } from "../command.ts";
import { type FileCommandInput, runFileCommand } from "../file-command.ts";
import { askRun } from "../run/ask-run.ts";
import { findRun } from "../run/run-file.ts";
import { nothingRuns } from "./ps-command.ts";

/** How often it is looked whether the application has ended, in milliseconds. */
const lookMs = 50;

/** Settings of `exo stop`. */
export const stopSettings = {
  json: setting.flag({ help: "as JSON, for programs", default: false }),
  wait: setting.durationMs({ help: "how long to wait until the application has ended", default: 60_000 }),
} as const;

/** `exo stop`: ends the application that runs here, or one of its services. Resolves with the exit code; never rejects. */
export function stopCommand(input: CommandInput & Pick<FileCommandInput, "print" | "printError">): Promise<number> {
  const { argv, env, version } = input;
  const load = () =>
    loadSettings({
      command: "exo stop",
      about: "Ends the application that runs in this folder, as Ctrl-C where it runs would; or the apps of one role.",
      version,
      settings: stopSettings,
      positionals: {
        name: "ROLE",
        help: "whose apps are stopped, until its files change; by default all ends",
        max: 1,
      },
      argv,
      env,
    });
  return runFileCommand("exo stop", input, load, async ({ config, positionals: [role] }, { print, printError }) => {
    const fail = (text: string) => {
      printError(`exo stop: ${text}`);
      return exitCodes.failure;
    };
    const run = findRun();
    if (run === undefined) return fail(nothingRuns);
    try {
      await askRun(run.control, "POST", role === undefined ? "/stop" : `/stop/${encodeURIComponent(role)}`);
    } catch (error) {
      return fail((error as Error).message);
    }
    const until = performance.now() + config.wait;
    while (role === undefined && findRun()?.pid === run.pid) {
      if (performance.now() > until) return fail(`${run.application} (process ${run.pid}) has not ended yet`);
      await pause(lookMs);
    }
    const stopped = role ?? run.application;
    print(config.json ? JSON.stringify({ stopped }) : `${stopped} has ended`);
    return exitCodes.ok;
  });
}
