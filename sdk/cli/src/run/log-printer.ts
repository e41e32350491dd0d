import { printable } from "@exosphere/telemetry";
import { renderLogLine } from "./log-line.ts";

/** What a printer writes to: a stream such as stdout. */
export interface TextOutput {
  write(text: string): unknown;
}

/** How the output looks. */
export interface LogPrinterOptions {
  readonly output: TextOutput;
  /** Everybody who is known to write, so that their names can be aligned. More may come. */
  readonly names: readonly string[];
  readonly useColours: boolean;
}

/** Who writes what `exo` itself has to say. */
const ownName = "exo";

/** Cyan, yellow, green, magenta, blue, red: the six colours that are readable on black as well as on white. */
const colours = [36, 33, 32, 35, 34, 31];

/** Prints the lines of many processes with the name of the process before each. */
export class LogPrinter {
  readonly #options: LogPrinterOptions;
  #width: number;

  constructor(options: LogPrinterOptions) {
    this.#options = options;
    this.#width = Math.max(...[ownName, ...options.names].map((name) => name.length));
  }

  /** Prints a line that a process wrote. */
  line(name: string, text: string): void {
    this.#write(name, text);
  }

  /** Prints a line of pino's JSON in a readable form, which may be several lines. */
  logLine(name: string, text: string): void {
    const [role] = name.split("/");
    for (const line of renderLogLine(text, role).split("\n")) this.#write(name, line);
  }

  /** Prints something that `exo` has to say. */
  note(text: string): void {
    this.#write(ownName, text);
  }

  /** Prints a line of its own, without a name. */
  plain(text: string): void {
    this.#options.output.write(`${text}\n`);
  }

  #write(name: string, text: string): void {
    this.#width = Math.max(this.#width, name.length);
    const prefix = `${name.padEnd(this.#width)} |`;
    // An app may colour its lines. What else a terminal obeys could overwrite the prefix.
    const shown = printable(text, { keepColours: true, keepTabs: true });
    this.plain(`${this.#coloured(prefix, name)} ${shown}`);
  }

  #coloured(prefix: string, name: string): string {
    if (!this.#options.useColours) return prefix;
    const index = this.#options.names.indexOf(name);
    return index < 0 ? `\x1b[1m${prefix}\x1b[0m` : `\x1b[${colours[index % colours.length]}m${prefix}\x1b[0m`;
  }
}

/** Whether to use colours: on a terminal, unless NO_COLOR is set to anything (https://no-color.org) or TERM says "dumb". */
export function wantsColours(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  return isTerminal && !env.NO_COLOR && env.TERM !== "dumb";
}
