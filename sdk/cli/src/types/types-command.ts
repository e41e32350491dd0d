import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { SchemaFolder, schemaFileOf } from "@exosphere/application";
import { exitCodes } from "@exosphere/process";
import { didYouMean, type LoadedRun, loadSettings, SettingsError } from "@exosphere/settings";
import { printableLines } from "@exosphere/telemetry";
import { declareMessages } from "./message-declaration.ts";
import { findServices, type NamedMessage, type ServiceMessages } from "./role-messages.ts";
import { schemaFileMistakes } from "./schema-files.ts";
import { typesSettings } from "./types-settings.ts";

/** What `exo types` is given. */
export interface TypesCommandInput {
  /** Arguments after `types`. */
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly print?: (line: string) => void;
  readonly printError?: (line: string) => void;
}

/** Writes what the roles of a folder send and receive, as TypeScript. Resolves with the exit code; never rejects. */
export async function typesCommand(input: TypesCommandInput): Promise<number> {
  const {
    print = (line) => process.stdout.write(`${printableLines(line)}\n`),
    printError = (line) => process.stderr.write(`${printableLines(line)}\n`),
  } = input;
  try {
    const loaded = loadSettings({
      command: "exo types",
      about:
        "Writes the declaration of the messages that the services of an application, or one service, send and receive.",
      version: input.version,
      settings: typesSettings,
      positionals: { name: "FOLDER", help: "of the application or the service; the current one by default", max: 1 },
      argv: input.argv,
      env: input.env,
    });
    if (loaded.kind === "run") return await declareAll(loaded, { print, printError });
    print(loaded.text.trimEnd());
    return exitCodes.ok;
  } catch (error) {
    const mistakes = error instanceof SettingsError ? error.mistakes : [(error as Error).stack ?? String(error)];
    for (const mistake of mistakes) printError(`exo types: ${mistake}`);
    return error instanceof SettingsError ? exitCodes.usage : exitCodes.failure;
  }
}

type Printer = Required<Pick<TypesCommandInput, "print" | "printError">>;

async function declareAll({ config, positionals }: LoadedRun<typeof typesSettings>, { print, printError }: Printer) {
  const path = positionals[0] ?? ".";
  const { services, application, folders, warnings } = findServices(path);
  const mistakes = await schemaFileMistakes(folders.map((folder) => join(folder, config.schemas)));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  for (const warning of warnings) printError(`exo types: warning: ${warning}`);
  if (services.length === 0) printError(`exo types: no service of ${path} is written in JavaScript or TypeScript`);
  const shared = application === undefined ? undefined : new SchemaFolder(join(application, config.schemas));
  let isUpToDate = true;
  for (const service of services) {
    const own = new SchemaFolder(join(service.folder, config.schemas));
    for (const warning of unusedSchemas(service, own)) printError(`exo types: warning: ${warning}`);
    const schemaOf = ({ name, publicName }: NamedMessage) => own.get(name) ?? shared?.get(publicName);
    const text = await declareMessages(service, schemaOf);
    const file = join(service.folder, config.out);
    const shown = relative(process.cwd(), file) || file;
    if (existsSync(file) && readFileSync(file, "utf8") === text) print(`${shown} is up to date`);
    else if (config.check) {
      isUpToDate = false;
      printError(`exo types: ${shown} is out of date; run 'exo types'`);
    } else {
      writeFileSync(file, text);
      print(`${shown} written: ${summary(service, (message) => schemaOf(message) !== undefined)}`);
    }
  }
  return isUpToDate ? exitCodes.ok : exitCodes.failure;
}

/** A schema that belongs to no message is a typing mistake, or left over. */
function unusedSchemas({ sends, receives }: ServiceMessages, own: SchemaFolder): string[] {
  const names = [...sends, ...receives].map(({ name }) => name);
  return own
    .others(new Set(names))
    .map(({ file, name }) => `${file} is for no message of this service${didYouMean(name, names)}`);
}

function summary({ sends, receives }: ServiceMessages, hasSchema: (message: NamedMessage) => boolean): string {
  const counts = `${receives.length} received, ${sends.length} sent`;
  const without = [...receives, ...sends].filter((message) => !hasSchema(message));
  const [first] = without;
  if (!first) return counts;
  return `${counts}, ${without.length} of them without a schema, such as ${schemaFileOf(first.name)}`;
}
