export { type PrintableOptions, printable, printableLines } from "./printable.ts";
