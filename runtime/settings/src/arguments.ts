import { didYouMean } from "./did-you-mean.ts";
import { flagOf } from "./names.ts";
import type { Settings } from "./setting.ts";

/** Arguments that stand for themselves, not for a setting: `exo send NAME`. */
export interface Positionals {
  /** As the help text calls them: "NAME". */
  readonly name: string;
  readonly help: string;
  /** How many there may be. */
  readonly max: number;
}

/** What a command takes on its command line. */
export interface ArgumentRules {
  readonly settings: Settings;
  /** Whether a command may follow after `--`. */
  readonly allowCommand?: boolean | undefined;
  readonly positionals?: Positionals | undefined;
}

/** A command line, taken apart but with no value read yet. */
export interface Arguments {
  /** Set if there is --help or --version, or the words help or version where the command takes no positionals. They take precedence over everything else. */
  readonly asked: "help" | "version" | undefined;
  /** Text of each setting that has a flag, by the setting's name. */
  readonly values: ReadonlyMap<string, string>;
  /** Settings that were given by flags of earlier versions, and those flags. */
  readonly formerFlags: ReadonlyMap<string, string>;
  readonly positionals: readonly string[];
  /** What followed `--`. */
  readonly command: readonly string[];
  readonly mistakes: readonly string[];
}

/** Takes a command line apart: `--flag value`, `--flag=value`, `--switch`, `--no-switch`, positionals, `-- command`. */
export function readArguments(argv: readonly string[], rules: ArgumentRules): Arguments {
  return new ArgumentReader(argv, rules).read();
}

class ArgumentReader {
  readonly #own: string[];
  readonly #rules: ArgumentRules;
  readonly #names: ReadonlyMap<string, string>;
  readonly #formerNames: ReadonlyMap<string, string>;
  readonly #values = new Map<string, string>();
  readonly #formerFlags = new Map<string, string>();
  readonly #positionals: string[] = [];
  readonly #mistakes: string[] = [];
  readonly #command: readonly string[];

  constructor(argv: readonly string[], rules: ArgumentRules) {
    const end = argv.indexOf("--");
    this.#own = end < 0 ? [...argv] : argv.slice(0, end);
    this.#command = end < 0 ? [] : argv.slice(end + 1);
    this.#rules = rules;
    this.#names = new Map(Object.keys(rules.settings).map((name) => [flagOf(name), name]));
    this.#formerNames = new Map(
      Object.entries(rules.settings).flatMap(([name, { formerly }]) =>
        formerly === undefined ? [] : [[flagOf(typeof formerly === "string" ? formerly : formerly.flag), name]],
      ),
    );
    if (end >= 0 && !rules.allowCommand) this.#mistakes.push("Nothing may follow after --: this command runs no other");
  }

  read(): Arguments {
    const asked = this.#asked();
    for (let next = this.#own.shift(); next !== undefined; next = this.#own.shift()) {
      if (next.startsWith("-") && next !== "-") this.#flag(next);
      else this.#positionals.push(next);
    }
    this.#checkPositionals();
    return {
      asked,
      values: this.#values,
      formerFlags: this.#formerFlags,
      positionals: this.#positionals,
      command: this.#command,
      mistakes: this.#mistakes,
    };
  }

  #asked(): Arguments["asked"] {
    if (this.#own.includes("--help") || this.#own.includes("-h")) return "help";
    if (this.#own.includes("--version")) return "version";
    // As words, too, where the first word has no other meaning.
    const [first] = this.#rules.positionals ? [] : this.#own;
    return first === "help" || first === "version" ? first : undefined;
  }

  #flag(argument: string): void {
    const [flag = "", given] = splitOnce(argument);
    const former = this.#formerNames.get(flag);
    if (former !== undefined) this.#formerFlags.set(former, flag);
    const name = this.#names.get(flag) ?? former;
    const off = flag.startsWith("--no-") ? this.#names.get(`--${flag.slice("--no-".length)}`) : undefined;
    if (name !== undefined)
      this.#set(name, flag, this.#isSwitch(name) ? (given ?? "true") : (given ?? this.#following()));
    else if (off !== undefined && this.#isSwitch(off)) this.#switchOff(off, flag, given);
    else this.#unknown(flag, given);
  }

  #set(name: string, flag: string, text: string | undefined): void {
    if (this.#values.has(name)) this.#mistakes.push(`${flag} is given more than once${this.#listHint(name)}`);
    else if (text === undefined || text === "") {
      this.#mistakes.push(`${flag} needs a value: ${this.#rules.settings[name]?.kind.expects}`);
    }
    // Kept although it is missing, so that it is not reported as required on top, or taken from elsewhere.
    this.#values.set(name, text ?? "");
  }

  #switchOff(name: string, flag: string, given: string | undefined): void {
    if (given !== undefined) this.#mistakes.push(`${flag} takes no value`);
    this.#set(name, flag, "false");
  }

  #unknown(flag: string, given: string | undefined): void {
    this.#mistakes.push(`Unknown flag ${flag}${didYouMean(flag, [...this.#names.keys(), "--help", "--version"])}`);
    // Most likely its value: one mistake, not two.
    if (given === undefined && !this.#rules.positionals) this.#following();
  }

  /** Takes the next argument, unless it is a flag itself. */
  #following(): string | undefined {
    return this.#own[0]?.startsWith("--") ? undefined : this.#own.shift();
  }

  #isSwitch(name: string): boolean {
    return this.#rules.settings[name]?.kind.placeholder === undefined;
  }

  #listHint(name: string): string {
    return this.#rules.settings[name]?.kind.isList ? ": give all values to one, with commas between them" : "";
  }

  #checkPositionals(): void {
    const { name = "", max = 0 } = this.#rules.positionals ?? {};
    for (const extra of this.#positionals.slice(max)) {
      this.#mistakes.push(`Unexpected argument '${extra}'${max > 0 ? `: takes at most ${max} ${name}` : ""}`);
    }
  }
}

function splitOnce(argument: string): readonly [string, string | undefined] {
  const equals = argument.indexOf("=");
  return equals < 0 ? [argument, undefined] : [argument.slice(0, equals), argument.slice(equals + 1)];
}
