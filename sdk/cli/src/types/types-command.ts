import { join } from "node:path";
import { SchemaFolder, schemaFileOf } from "@exosphere/application";
import { didYouMean, type LoadedRun, loadSettings, SettingsError } from "@exosphere/settings";
import { type FileCommandInput, type Printer, runFileCommand, WrittenFiles } from "../file-command.ts";
import { declareMessages } from "./message-declaration.ts";
import { findServices, type NamedMessage, type ServiceMessages } from "./role-messages.ts";
import { schemaFileMistakes } from "./schema-files.ts";
import { typesSettings } from "./types-settings.ts";

const command = "exo types";

/** Writes what the roles of a folder send and receive, as TypeScript. Resolves with the exit code; never rejects. */
export function typesCommand(input: FileCommandInput): Promise<number> {
  const { argv, env, version } = input;
  const load = () =>
    loadSettings({
      command,
      about:
        "Writes the declaration of the messages that the services of an application, or one service, send and receive.",
      version,
      settings: typesSettings,
      positionals: { name: "FOLDER", help: "of the application or the service; the current one by default", max: 1 },
      argv,
      env,
    });
  return runFileCommand(command, input, load, declareAll);
}

async function declareAll({ config, positionals }: LoadedRun<typeof typesSettings>, printer: Printer) {
  const { printError } = printer;
  const path = positionals[0] ?? ".";
  const { services, application, folders, warnings } = findServices(path);
  const mistakes = await schemaFileMistakes(folders.map((folder) => join(folder, config.schemas)));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  for (const warning of warnings) printError(`exo types: warning: ${warning}`);
  if (services.length === 0) printError(`exo types: no service of ${path} is written in JavaScript or TypeScript`);
  const shared = application === undefined ? undefined : new SchemaFolder(join(application, config.schemas));
  const files = new WrittenFiles(command, config, printer);
  for (const service of services) {
    const own = new SchemaFolder(join(service.folder, config.schemas));
    for (const warning of unusedSchemas(service, own)) printError(`exo types: warning: ${warning}`);
    const schemaOf = ({ name, publicName }: NamedMessage) => own.get(name) ?? shared?.get(publicName);
    const text = await declareMessages(service, schemaOf);
    const hasSchema = (message: NamedMessage) => schemaOf(message) !== undefined;
    files.write(join(service.folder, config.out), text, () => summary(service, hasSchema));
  }
  return files.end();
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
