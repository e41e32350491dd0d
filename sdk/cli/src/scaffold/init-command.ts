import { basename, relative, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { exitCodes } from "@exosphere/process";
import { didYouMean, type LoadedRun, loadSettings, SettingsError, setting } from "@exosphere/settings";
import type { CommandInput } from "../command.ts";
import { CommandFailure } from "../failure.ts";
import { type FileCommandInput, type Printer, runFileCommand } from "../file-command.ts";
import { usualPorts } from "../run/shared-ports.ts";
import { applicationFiles } from "./application-files.ts";
import { isLanguage, type Language, languages } from "./languages.ts";
import { nameOfFolder, newNameMistake } from "./names.ts";
import { writeFolder } from "./write-folder.ts";

/** Settings of `exo init`. */
export const initSettings = {
  name: setting.text({ help: "name of the application; default: that of its folder" }),
  language: setting.text({ help: `language of its second service: ${Object.keys(languages).join(", ")}; default: js` }),
  json: setting.flag({ help: "say what was written as JSON, for programs", default: false }),
} as const;

interface Choice {
  readonly folder: string;
  readonly name: string;
  readonly language: Language;
}

/** `exo init`: writes an application of two services that talk. Resolves with the exit code; never rejects. */
export function initCommand(input: CommandInput & Pick<FileCommandInput, "print" | "printError">): Promise<number> {
  const { argv, env, version } = input;
  const load = () =>
    loadSettings({
      command: "exo init",
      about: "Writes an application of two services that talk, with their tests. 'exo run' works in it at once.",
      version,
      settings: initSettings,
      positionals: {
        name: "FOLDER",
        help: "for the application: empty, or not there yet; default: the current one",
        max: 1,
      },
      argv,
      env,
    });
  return runFileCommand("exo init", input, load, async (loaded, printer) => {
    const isTold = argv.length > 0;
    const choice = choiceOf(isTold || !isTerminal() ? loaded : await asked(loaded));
    const files = applicationFiles(choice.name, choice.language, version);
    writeFolder(choice.folder, files);
    say(choice, Object.keys(files), loaded.config.json, printer);
    return exitCodes.ok;
  });
}

/** Whether somebody is there who can answer. */
function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

type Loaded = Pick<LoadedRun<typeof initSettings>, "config" | "positionals">;

/**
 * Asks who was told nothing; an empty answer is the default.
 *
 * @throws CommandFailure if there is no answer, as after Ctrl-C
 */
async function asked({ config }: Loaded): Promise<Loaded> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answers = terminal[Symbol.asyncIterator]();
  const ask = async (question: string, usual: string): Promise<string> => {
    terminal.setPrompt(`${question} (${usual}): `);
    terminal.prompt();
    const { value, done } = await answers.next();
    if (done) throw new CommandFailure("no answer, and nothing is written");
    return value.trim() || usual;
  };
  try {
    const folder = await ask("Folder of the application", ".");
    const language = await ask(`Language of its second service, ${Object.keys(languages).join(", ")}`, "js");
    return { config: { ...config, language }, positionals: [folder] };
  } finally {
    terminal.close();
  }
}

function choiceOf({ config, positionals }: Loaded): Choice {
  const folder = resolve(positionals[0] ?? ".");
  const name = config.name ?? nameOfFolder(basename(folder));
  const { language = "js" } = config;
  const mistake = newNameMistake(name);
  if (mistake !== undefined) throw new SettingsError([`--name: ${mistake}`]);
  if (!isLanguage(language)) throw new SettingsError([unknownLanguage(language)]);
  return { folder, name, language };
}

/** What is said of a language that there is no template for. */
export function unknownLanguage(word: string): string {
  const known = Object.keys(languages);
  return `--language: '${word}' is none of ${known.join(", ")}${didYouMean(word, known)}`;
}

function say({ folder, name, language }: Choice, files: readonly string[], isJson: boolean, { print }: Printer): void {
  if (isJson) return print(JSON.stringify({ folder, name, language, files }));
  const shown = relative(process.cwd(), folder);
  print(`${name} is in ${shown === "" ? "this folder" : shown}: two services that talk, 'web' and 'greeter'. Try it:`);
  print("");
  if (shown !== "") print(`  cd ${shown}`);
  if (language === "ts") print("  npm install");
  print("  exo run --watch");
  print("");
  print("and in another terminal");
  print("");
  print(`  curl 'http://127.0.0.1:${usualPorts["public service"]}/?name=Ada'`);
  print(`  exo request greeter.greet '{"name":"Ada"}'`);
  print("  exo test");
}
