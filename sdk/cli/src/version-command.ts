import { exitCodes } from "@exosphere/process";
import { loadSettings, setting } from "@exosphere/settings";
import { type FileCommandInput, runFileCommand } from "./file-command.ts";
import { versionReport } from "./version-report.ts";

const command = "exo version";

/** `exo version`: says which version this is; with `--json`, which are at work. Resolves with the exit code; never rejects. */
export function versionCommand(input: FileCommandInput): Promise<number> {
  const load = () =>
    loadSettings({
      command,
      about: "Says which version this is, and with --json which versions of Node and of the packages are at work.",
      version: input.version,
      settings: {
        json: setting.flag({ help: "print the versions of exo, Node and all packages as JSON", default: false }),
      },
      argv: input.argv,
      env: input.env,
    });
  return runFileCommand(command, input, load, async ({ config }, { print }) => {
    print(config.json ? JSON.stringify(versionReport(input.version)) : input.version);
    return exitCodes.ok;
  });
}
