import type { ArgumentRules } from "./arguments.ts";
import type { Setting } from "./setting.ts";
import { settingFacts } from "./setting-facts.ts";

/** How a command introduces itself. */
export interface Described {
  /** As it is typed: "exocom serve". */
  readonly command: string;
  /** What it is for, in a sentence or two. */
  readonly about: string;
  readonly version: string;
}

/** Columns of a terminal that a help text keeps to. */
const columns = 100;
/** Labels that are longer have their description on the line below. */
const widestLabel = 32;

interface Row {
  readonly label: string;
  readonly text: string;
}

/** The text behind --help. */
export function helpText(command: Described, rules: ArgumentRules): string {
  const rows = [
    ...Object.entries(rules.settings).map(([name, setting]) => rowOf(name, setting)),
    { label: "-h, --help", text: "Prints this" },
    { label: "--version", text: "Prints the version" },
  ];
  const { positionals } = rules;
  const positionalRow = positionals ? [{ label: positionals.name, text: positionals.help }] : [];
  return [
    ...wrap(`${command.command} ${command.version}: ${command.about}`, columns),
    "",
    usageOf(command.command, rules),
    "",
    ...table([...positionalRow, ...rows]),
    "",
    ...wrap("A flag beats its environment variable, which beats the settings file, which beats the default.", columns),
    "",
  ].join("\n");
}

function usageOf(command: string, { positionals, allowCommand }: ArgumentRules): string {
  const names = positionals ? ` [${positionals.name}${positionals.max > 1 ? " …" : ""}]` : "";
  return `Usage: ${command}${names} [--flag value …]${allowCommand ? " [-- command …]" : ""}`;
}

function rowOf(name: string, setting: Setting<unknown>): Row {
  const { usage, variables, help, hint, default: value, isRequired } = settingFacts(name, setting);
  const notes = [
    hint,
    value === undefined ? undefined : `default ${value}`,
    isRequired ? "required" : undefined,
    variables.join(" or "),
  ];
  return { label: usage, text: `${help} (${notes.filter((note) => note).join("; ")})` };
}

function table(rows: readonly Row[]): string[] {
  const width = Math.min(widestLabel, Math.max(...rows.map(({ label }) => label.length)));
  const indent = " ".repeat(width + 4);
  return rows.flatMap(({ label, text }) => {
    const [first = "", ...more] = wrap(text, columns - indent.length);
    const head = label.length > width ? [`  ${label}`, indent + first] : [`  ${label.padEnd(width)}  ${first}`];
    return [...head, ...more.map((line) => indent + line)];
  });
}

/** Breaks a text between words. A word that is wider than a line stays whole. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
