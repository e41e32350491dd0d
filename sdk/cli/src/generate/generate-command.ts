import { join, resolve } from "node:path";
import { readApplication } from "@exosphere/application";
import { describeGateway } from "@exosphere/gateway/describe";
import { type LoadedRun, loadSettings, SettingsError } from "@exosphere/settings";
import { applicationFolder } from "../application-folder.ts";
import { type FileCommandInput, type Printer, runFileCommand, WrittenFiles } from "../file-command.ts";
import { schemaFileMistakes, schemaFoldersOf } from "../types/schema-files.ts";
import { generateSettings } from "./generate-settings.ts";

const command = "exo generate";

/** Writes openapi.json and asyncapi.json of an application's gateway. Resolves with the exit code; never rejects. */
export function generateCommand(input: FileCommandInput): Promise<number> {
  const { argv, env, version } = input;
  const load = () =>
    loadSettings({
      command,
      about:
        "Writes openapi.json and asyncapi.json: what clients may say to an application's gateway, and what they get.",
      version,
      settings: generateSettings,
      positionals: {
        name: "FOLDER",
        help: "of the application; by default the current one, or the nearest above it that has an application.yml",
        max: 1,
      },
      argv,
      env,
    });
  return runFileCommand(command, input, load, generate);
}

async function generate(
  { config, positionals }: LoadedRun<typeof generateSettings>,
  printer: Printer,
): Promise<number> {
  const application = readApplication(applicationFolder(positionals[0]));
  const mistakes = await schemaFileMistakes(schemaFoldersOf(application));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  const documents = describeGateway(application, config.url);
  if (!documents) throw new SettingsError([`${application.file} has no section 'gateway', and so nothing for clients`]);
  const folder = resolve(config.out ?? application.root);
  const files = new WrittenFiles(command, config, printer);
  for (const [name, text] of Object.entries(documents)) files.write(join(folder, name), text);
  return files.end();
}
