import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { ApplicationError } from "@exosphere/application";
import { exitCodes } from "@exosphere/process";
import { type Loaded, type LoadedRun, type Settings, SettingsError } from "@exosphere/settings";
import { printableLines } from "@exosphere/telemetry";
import type { CommandInput } from "./command.ts";
import { CommandFailure } from "./failure.ts";

/** What a command is given that prints lines. */
export interface FileCommandInput extends CommandInput {
  /** Default: stdout. */
  readonly print?: (line: string) => void;
  /** Default: stderr. */
  readonly printError?: (line: string) => void;
}

/** Where a command says what it does. */
export type Printer = Required<Pick<FileCommandInput, "print" | "printError">>;

/**
 * Runs a command whose settings are loaded by `load`. Resolves with the exit code, that of wrong usage where the settings or the
 * application are wrong; never rejects.
 */
export async function runFileCommand<S extends Settings>(
  command: string,
  {
    print = (line) => process.stdout.write(`${printableLines(line)}\n`),
    printError = (line) => process.stderr.write(`${printableLines(line)}\n`),
  }: FileCommandInput,
  load: () => Loaded<S>,
  run: (loaded: LoadedRun<S>, printer: Printer) => Promise<number>,
): Promise<number> {
  try {
    const loaded = load();
    if (loaded.kind === "run") {
      for (const notice of loaded.notices) printError(`${command}: ${notice}`);
      return await run(loaded, { print, printError });
    }
    print(loaded.text.trimEnd());
    return exitCodes.ok;
  } catch (error) {
    const isTheirs = error instanceof SettingsError || error instanceof ApplicationError;
    const mistakes = isTheirs ? error.mistakes : [textOf(error)];
    for (const mistake of mistakes) printError(`${command}: ${mistake}`);
    return isTheirs ? exitCodes.usage : exitCodes.failure;
  }
}

/** What is expected to fail, as reading and writing files is, says so in one line; anything else shows where it happened. */
function textOf(error: unknown): string {
  const isExpected = error instanceof CommandFailure || (error as NodeJS.ErrnoException).syscall !== undefined;
  return isExpected ? (error as Error).message : ((error as Error).stack ?? String(error));
}

/** How files are written, as the settings say. */
export interface WritingWishes {
  /** Only compares: the command fails if a file is out of date. */
  readonly check: boolean;
  /** Prints what became of the files as JSON, at the end. */
  readonly json: boolean;
}

/** What became of a file; `state` is `outdated` where it was to be checked alone. */
interface WrittenFile {
  readonly file: string;
  readonly state: "written" | "unchanged" | "outdated";
}

/** The files that a command writes, or only compares where it is to check them. */
export class WrittenFiles {
  readonly #command: string;
  readonly #wishes: WritingWishes;
  readonly #printer: Printer;
  readonly #files: WrittenFile[] = [];

  constructor(command: string, wishes: WritingWishes, printer: Printer) {
    this.#command = command;
    this.#wishes = wishes;
    this.#printer = printer;
  }

  /** Prints the JSON, if that is wanted, and gives what the command ends with: failure if a file is out of date. */
  end(): number {
    if (this.#wishes.json) this.#printer.print(JSON.stringify({ files: this.#files }));
    return this.#files.some(({ state }) => state === "outdated") ? exitCodes.failure : exitCodes.ok;
  }

  /** Writes a file, unless it is as it should be, and says so. `summary`: what is in it. */
  write(file: string, text: string, summary?: () => string): void {
    const shown = relative(process.cwd(), file) || file;
    const state = this.#write(file, text);
    this.#files.push({ file: resolve(file), state });
    if (this.#wishes.json) return;
    const { print, printError } = this.#printer;
    if (state === "unchanged") print(`${shown} is up to date`);
    else if (state === "outdated") printError(`${this.#command}: ${shown} is out of date; run '${this.#command}'`);
    else print(`${shown} written${summary ? `: ${summary()}` : ""}`);
  }

  #write(file: string, text: string): WrittenFile["state"] {
    if (existsSync(file) && readFileSync(file, "utf8") === text) return "unchanged";
    if (this.#wishes.check) return "outdated";
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return "written";
  }
}
