/** How text is made printable. */
export interface PrintableOptions {
  /** UTF-16 code units of the text that are kept; what is cut off is replaced by "…". Default: all of them. */
  readonly maxLength?: number;
  /** Keeps the marks of a terminal for colours and weight (SGR, ECMA-48 8.3.117), and ends with a reset where there are any. */
  readonly keepColours?: boolean;
  /** Keeps tabs, as JSON may have them between its tokens. */
  readonly keepTabs?: boolean;
}

/**
 * What a terminal or a reader of lines may obey instead of showing it: control characters with ESC and line ends, line and paragraph
 * separators, marks that turn the direction of text around (Unicode UAX #9), the byte order mark, and halves of surrogate pairs.
 */
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\p{Cs}]/gu;

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what it looks for.
const colourMarks = /(\x1b\[[\d;:]*m)/;

const reset = "\x1b[0m";

/**
 * Text of others as one line that can be printed: it can neither move the cursor nor begin a line of its own, so nobody can forge
 * a line by the name, payload or error that they send. What is not shown as it is becomes an escape such as `\u001b`.
 */
export function printable(text: string, options: PrintableOptions = {}): string {
  const { maxLength = Number.POSITIVE_INFINITY, keepColours = false, keepTabs = false } = options;
  const escaped = (part: string) => part.replace(unprintable, keepTabs ? escapeOfAllButTab : escapeOf);
  const kept = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  if (!keepColours || !colourMarks.test(kept)) return escaped(kept);
  const parts = kept.split(colourMarks).map((part, index) => (index % 2 === 1 ? part : escaped(part)));
  return parts.join("") + reset;
}

/** Text of others whose line ends may stay, such as a stack: each of its lines by `printable`. */
export function printableLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => printable(line))
    .join("\n");
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function escapeOfAllButTab(character: string): string {
  return character === "\t" ? character : escapeOf(character);
}
