import { parseArgs } from "node:util";
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
  readonly #own: readonly string[];
  /** One for each of them. */
  readonly #tokens: readonly Token[];
  /** How many of them were dealt with. */
  #taken = 0;
  readonly #rules: ArgumentRules;
  readonly #names: ReadonlyMap<string, string>;
  readonly #formerNames: ReadonlyMap<string, string>;
  readonly #values = new Map<string, string>();
  readonly #formerFlags = new Map<string, string>();
  readonly #positionals: string[] = [];
  readonly #mistakes: string[] = [];
  readonly #command: readonly string[];

  constructor(argv: readonly string[], rules: ArgumentRules) {
    const tokens = tokensOf(argv);
    const end = tokens.find(({ kind }) => kind === "option-terminator")?.index;
    this.#own = argv.slice(0, end);
    this.#command = end === undefined ? [] : argv.slice(end + 1);
    this.#tokens = tokens.filter(({ index }) => index < this.#own.length);
    this.#rules = rules;
    this.#names = new Map(Object.keys(rules.settings).map((name) => [flagOf(name), name]));
    this.#formerNames = new Map(
      Object.entries(rules.settings).flatMap(([name, { formerly }]) =>
        formerly === undefined ? [] : [[flagOf(typeof formerly === "string" ? formerly : formerly.flag), name]],
      ),
    );
    if (end !== undefined && !rules.allowCommand)
      this.#mistakes.push("Nothing may follow after --: this command runs no other");
  }

  read(): Arguments {
    const asked = this.#asked();
    for (let next = this.#next(); next; next = this.#next()) {
      if (next.kind === "option") this.#flag(next.flag, next.value);
      else this.#positionals.push(this.#own[next.index] ?? "");
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

  #next(): Token | undefined {
    const next = this.#tokens[this.#taken];
    this.#taken += 1;
    return next;
  }

  #flag(flag: string, given: string | undefined): void {
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
    const next = this.#own[this.#taken];
    if (next === undefined || next.startsWith("--")) return undefined;
    this.#taken += 1;
    return next;
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

/** An argument as `parseArgs` sees it. */
interface Token {
  readonly kind: "option" | "option-terminator" | "positional";
  readonly index: number;
  /** Of an option, with its dashes. */
  readonly flag: string;
  /** What an option has behind its equals sign. */
  readonly value: string | undefined;
}

/**
 * The arguments, one token each. `parseArgs` knows of no flag here, so that it takes no argument for the value of another, as it
 * would `--port --pretty`, and stops at no mistake: all are reported at once. It does not see flags of one dash: those are whole
 * words here, and it would make `-a-` a group of the flags `-a` and `--`, and all that follows a command.
 */
function tokensOf(argv: readonly string[]): Token[] {
  const args = argv.map((argument) => (isWord(argument) ? "-" : argument));
  const { tokens } = parseArgs({ args, strict: false, allowPositionals: true, tokens: true });
  return tokens.map((token) => {
    const { kind, index } = token;
    const argument = argv[index] ?? "";
    if (kind === "option") return { kind, index, ...flagIn(token.rawName, token.value) };
    if (kind === "positional" && isWord(argument)) return { kind: "option", index, ...flagIn(argument, undefined) };
    return { kind, index, flag: "", value: undefined };
  });
}

/** A flag of one dash. */
function isWord(argument: string): boolean {
  return /^-[^-]/.test(argument);
}

/** A flag and its value: `parseArgs` leaves the value of `--=1` with the name. */
function flagIn(name: string, given: string | undefined): Pick<Token, "flag" | "value"> {
  const equals = name.indexOf("=");
  return equals < 0 ? { flag: name, value: given } : { flag: name.slice(0, equals), value: name.slice(equals + 1) };
}
