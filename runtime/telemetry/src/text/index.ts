export { type PrintableOptions, printable, printableLines } from "./printable.ts";
export { defaultRedacted, redaction } from "./redaction.ts";
