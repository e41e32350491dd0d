import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { exitCodes } from "@exosphere/process";
import { didYouMean, type LoadedRun, loadSettings, SettingsError, setting } from "@exosphere/settings";
import { applicationFolder } from "../application-folder.ts";
import type { CommandInput } from "../command.ts";
import { type FileCommandInput, type Printer, runFileCommand } from "../file-command.ts";
import { withService } from "./add-to-application.ts";
import { unknownLanguage } from "./init-command.ts";
import { isLanguage, type Language, languages } from "./languages.ts";
import { newServiceMistake } from "./names.ts";
import { serviceFiles } from "./service-files.ts";
import { replaceFile, writeFolder } from "./write-folder.ts";

/** Settings of `exo add`. */
export const addSettings = {
  language: setting.text({ help: `language of the service: ${Object.keys(languages).join(", ")}; default: js` }),
  json: setting.flag({ help: "say what was written as JSON, for programs", default: false }),
} as const;

/** `exo add service NAME`: adds a service to the application. Resolves with the exit code; never rejects. */
export function addCommand(input: CommandInput & Pick<FileCommandInput, "print" | "printError">): Promise<number> {
  const { argv, env, version } = input;
  const load = () =>
    loadSettings({
      command: "exo add",
      about:
        "Adds a service to the application in this folder or above it: its files, and its entry in application.yml.",
      version,
      settings: addSettings,
      positionals: { name: "service NAME", help: "the word 'service', and the name of the new one", max: 2 },
      argv,
      env,
    });
  return runFileCommand("exo add", input, load, async (loaded, printer) => {
    add(loaded, printer);
    return exitCodes.ok;
  });
}

function add({ config, positionals: [what, name] }: LoadedRun<typeof addSettings>, { print }: Printer): void {
  const { language = "js" } = config;
  if (what !== "service" || name === undefined) {
    const meant = what === undefined ? "" : didYouMean(what, ["service"]);
    throw new SettingsError([`say what to add: 'exo add service NAME --language js'${meant}`]);
  }
  const mistake = newServiceMistake(name);
  if (mistake !== undefined) throw new SettingsError([mistake]);
  if (!isLanguage(language)) throw new SettingsError([unknownLanguage(language)]);
  const root = applicationFolder(undefined);
  const file = join(root, "application.yml");
  if (!existsSync(file))
    throw new SettingsError([
      "there is no application.yml in this folder or above it; 'exo init' writes an application",
    ]);
  const folder = join(root, name);
  const files = serviceFiles(language, name, "..");
  // Its mistakes first: nothing is written where the entry cannot be added.
  const text = withService(readFileSync(file, "utf8"), name, `./${name}`);
  writeFolder(folder, files);
  replaceFile(file, text);
  if (config.json) return print(JSON.stringify({ name, language, folder, files: Object.keys(files) }));
  print(`${name} is in ${relative(process.cwd(), folder) || "."}, and in application.yml: it answers '${name}.greet'.`);
  print(
    "'exo run' starts it, also while it runs. Nobody sends it anything yet: another service does that lists in its service.yml",
  );
  print("");
  print("  messages:");
  print(`    sends: [${name}.greet]`);
  print(`    receives: [${name}.greeted]`);
  if (needsSdk(language, root)) print("\nIts package is missing here: npm install @exosphere/sdk");
}

/** Whether the service cannot run before a package is installed. */
function needsSdk(language: Language, root: string): boolean {
  return language === "ts" && !existsSync(join(root, "node_modules/@exosphere/sdk"));
}
