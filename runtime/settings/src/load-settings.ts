import { readFileSync } from "node:fs";
import { type ArgumentRules, readArguments } from "./arguments.ts";
import { setting } from "./declare-setting.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type Described, helpText } from "./help-text.ts";
import type { JointCheck, SettingsFound } from "./joint-check.ts";
import { flagOf, keyOf, variablesOf } from "./names.ts";
import { redacted, withoutPasswords } from "./redaction.ts";
import type { Config, Setting, Settings } from "./setting.ts";
import { contextOf, type Environment, type Given, givenFor, type Places, whyOf } from "./setting-source.ts";
import { SettingsError } from "./settings-error.ts";
import { readSettingsFile, type SettingsFile } from "./settings-file.ts";

/** What settings are loaded from. */
export interface SettingsInput<S extends Settings> extends Described, ArgumentRules {
  readonly settings: S;
  /** Arguments after the command itself: `process.argv.slice(2)`, less a subcommand. */
  readonly argv: readonly string[];
  readonly env: Environment;
  /** Reads a file as text. Default: from disk. */
  readonly readFile?: (path: string) => string;
  /** Looks at settings together, and at the files that they name. What it finds is reported with all else. */
  readonly check?: JointCheck<S>;
}

/** The effective value of a setting and where it comes from. */
export interface Explained {
  readonly value: unknown;
  readonly from: "flag" | "environment" | "file" | "default";
}

/** Settings that a process can run with. */
export interface LoadedRun<S extends Settings> {
  readonly kind: "run";
  readonly config: Config<S>;
  /** What followed `--`. */
  readonly command: readonly string[];
  readonly positionals: readonly string[];
  /** Settings that were given by names of earlier versions, for people: what they are called now. */
  readonly notices: readonly string[];
  /** Every effective setting by name, for `GET /settings`: secrets are "[redacted]", and so are passwords in URLs. */
  describe(): Record<string, Explained>;
}

/** What loading came to: settings to run with, or a text to print instead (--help, --version). */
export type Loaded<S extends Settings> = LoadedRun<S> | { readonly kind: "print"; readonly text: string };

const configFile = { config: setting.file({ help: "YAML or JSON file with settings, named as the flags" }) };

/**
 * Loads the settings of a command. Flag beats environment variable beats settings file beats default. Binds and changes
 * nothing. Throws a SettingsError with all mistakes.
 */
export function loadSettings<S extends Settings>(input: SettingsInput<S>): Loaded<S> {
  const rules: ArgumentRules = { ...input, settings: { ...input.settings, ...configFile } };
  const args = readArguments(input.argv, rules);
  if (args.asked === "version") return { kind: "print", text: `${input.version}\n` };
  if (args.asked === "help") return { kind: "print", text: helpText(input, rules) };
  const mistakes = [...args.mistakes];
  const places: Places = { arguments: args, environment: input.env };
  const file = loadFile(input, places, mistakes);
  const { config, from, notices } = readAll(input, { ...places, file }, mistakes);
  const { positionals } = args;
  const isGiven = (name: keyof S) => from.get(name as string) !== "default";
  mistakes.push(...(input.check?.({ config: config as SettingsFound<S>["config"], positionals, isGiven }) ?? []));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return {
    kind: "run",
    config: config as Config<S>,
    command: args.command,
    positionals,
    notices,
    describe: () => explain(input.settings, config, from),
  };
}

/** What reading the settings one by one needs. */
type ReadingInput = Omit<SettingsInput<Settings>, "check">;

function loadFile(input: ReadingInput, places: Places, mistakes: string[]): Places["file"] {
  const given = givenFor("config", configFile.config, places);
  if (!given?.text) return undefined;
  const read = input.readFile ?? ((file: string) => readFileSync(file, "utf8"));
  const path = given.text;
  try {
    const content = readSettingsFile(path, read(contextOf(given.folder, input.readFile).resolve(path)));
    mistakes.push(...content.mistakes, ...unknownKeys(content, input.settings));
    return { path, content };
  } catch (error) {
    mistakes.push(`${given.origin}: '${path}' cannot be read: ${whyOf(error)}`);
    return undefined;
  }
}

function unknownKeys(content: SettingsFile, settings: Settings): string[] {
  const known = Object.entries(settings).flatMap(([name, { formerly }]) =>
    [name, ...(typeof formerly === "string" ? [formerly] : [])].map(keyOf),
  );
  return [...content.entries]
    .filter(([key]) => !known.includes(key))
    .map(([key, { origin }]) => `${origin}: there is no such setting${didYouMean(key, known)}`);
}

/** Values and origins of all settings. Adds what is wrong to the mistakes. */
function readAll(input: ReadingInput, places: Places, mistakes: string[]) {
  const config: Record<string, unknown> = {};
  const from = new Map<string, Explained["from"]>();
  const notices: string[] = [];
  for (const [name, declared] of Object.entries(input.settings)) {
    const given = givenFor(name, declared, places);
    from.set(name, given?.from ?? "default");
    if (given?.today !== undefined) notices.push(`${given.origin} is called ${given.today} now`);
    config[name] = given ? readGiven(declared, given, input, mistakes) : declared.default;
    if (given || !declared.required || declared.default !== undefined) continue;
    mistakes.push(`${flagOf(name)} is required: give the flag or set ${variablesOf(name, declared).join(" or ")}`);
  }
  return { config: Object.freeze(config), from, notices };
}

function readGiven(declared: Setting<unknown>, given: Given, input: ReadingInput, mistakes: string[]): unknown {
  const { kind, secret } = declared;
  if (given.text === "") return undefined; // Reported with the arguments.
  if (given.isList && !kind.isList) {
    mistakes.push(`${given.origin}: takes a single value, not a list`);
    return undefined;
  }
  const reading = kind.read(given.text, contextOf(given.folder, input.readFile));
  if ("value" in reading) return reading.value;
  const text = secret ? `its value is not ${kind.expects}` : withoutPasswords(`'${given.text}' ${reading.mistake}`);
  mistakes.push(`${given.origin}: ${text}`);
  return undefined;
}

function explain(
  settings: Settings,
  config: Readonly<Record<string, unknown>>,
  from: ReadonlyMap<string, Explained["from"]>,
): Record<string, Explained> {
  const entries = Object.entries(settings).map(([name, { secret }]) => {
    const value = config[name] ?? null;
    const shown = secret && value !== null ? redacted : withoutPasswords(value);
    return [name, { value: shown, from: from.get(name) ?? "default" }] as const;
  });
  return Object.fromEntries(entries);
}
