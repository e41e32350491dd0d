import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { ApplicationError, readApplication } from "@exosphere/application";
import { describeGateway } from "@exosphere/gateway/describe";
import { exitCodes } from "@exosphere/process";
import { type LoadedRun, loadSettings, SettingsError, setting } from "@exosphere/settings";
import { printableLines } from "@exosphere/telemetry";
import { applicationFolder } from "../application-folder.ts";
import { schemaFileMistakes, schemaFoldersOf } from "../types/schema-files.ts";

/** Settings of `exo generate`. */
const generateSettings = {
  out: setting.text({ help: "Folder for the files; default: that of the application" }),
  url: setting.url({ help: "Where clients find the gateway", default: "http://127.0.0.1:4300" }),
  check: setting.flag({ help: "Write nothing, and fail if a file is out of date", default: false }),
} as const;

/** What `exo generate` is given. */
export interface GenerateCommandInput {
  /** Arguments after `generate`. */
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly print?: (line: string) => void;
  readonly printError?: (line: string) => void;
}

/** Writes openapi.json and asyncapi.json of an application's gateway. Resolves with the exit code; never rejects. */
export async function generateCommand(input: GenerateCommandInput): Promise<number> {
  const {
    print = (line) => process.stdout.write(`${printableLines(line)}\n`),
    printError = (line) => process.stderr.write(`${printableLines(line)}\n`),
  } = input;
  try {
    const loaded = loadSettings({
      command: "exo generate",
      about:
        "Writes openapi.json and asyncapi.json: what clients may say to an application's gateway, and what they get.",
      version: input.version,
      settings: generateSettings,
      positionals: {
        name: "FOLDER",
        help: "of the application; by default the current one, or the nearest above it that has an application.yml",
        max: 1,
      },
      argv: input.argv,
      env: input.env,
    });
    if (loaded.kind === "run") return await generate(loaded, print, printError);
    print(loaded.text.trimEnd());
    return exitCodes.ok;
  } catch (error) {
    const isTheirs = error instanceof SettingsError || error instanceof ApplicationError;
    const mistakes = isTheirs ? error.mistakes : [(error as Error).stack ?? String(error)];
    for (const mistake of mistakes) printError(`exo generate: ${mistake}`);
    return isTheirs ? exitCodes.usage : exitCodes.failure;
  }
}

async function generate(
  { config, positionals }: LoadedRun<typeof generateSettings>,
  print: (line: string) => void,
  printError: (line: string) => void,
): Promise<number> {
  const application = readApplication(applicationFolder(positionals[0]));
  const mistakes = await schemaFileMistakes(schemaFoldersOf(application));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  const documents = describeGateway(application, config.url);
  if (!documents) throw new SettingsError([`${application.file} has no section 'gateway', and so nothing for clients`]);
  const folder = resolve(config.out ?? application.root);
  let isUpToDate = true;
  for (const [name, text] of Object.entries(documents)) {
    const file = join(folder, name);
    const shown = relative(process.cwd(), file) || file;
    if (existsSync(file) && readFileSync(file, "utf8") === text) print(`${shown} is up to date`);
    else if (config.check) {
      isUpToDate = false;
      printError(`exo generate: ${shown} is out of date; run 'exo generate'`);
    } else {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, text);
      print(`${shown} written`);
    }
  }
  return isUpToDate ? exitCodes.ok : exitCodes.failure;
}
