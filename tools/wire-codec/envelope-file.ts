import type { Field, Message } from "./contract.ts";
import { generatedHeader } from "./generated-header.ts";

/** A number of up to 32 bits takes so many bytes at most, its tag included. */
const mostNumberBytes = 6;

/** The module that writes envelopes, and finds the places of what is in them. All that is special about an envelope stands beside it. */
export function envelopeFile(message: Message): string {
  const fields = [...message.fields];
  for (const { name, kind, isList, tag } of fields) {
    // A tag of one byte, and no parts: so the reader can look at it byte by byte.
    if (isList || tag > 0x7f || !["bytes", "string", "uint32"].includes(kind))
      throw new Error(`The codec of envelopes knows no fields such as ${name}.`);
  }
  const chunks = fields.filter(({ kind }) => kind !== "uint32");
  const numbers = fields.filter(({ kind }) => kind === "uint32");
  return `${generatedHeader("envelope.ts")}
import type { Buffer } from "node:buffer";
import type { Envelope } from "@exosphere/proto";
import { isAscii, roomFor, textIn, viewOf, writeChunk${numbers.length > 0 ? ", writeNumber" : ""} } from "../envelope-chunks.ts";

/** What two apps say to each other. All but the trace may be given as bytes, or as text that is then written only once. */
export interface EnvelopeFields {
  ${fields.map(({ name, kind }) => `readonly ${name}: ${givenType(kind)};`).join("\n  ")}
}

/** How many bytes an envelope takes at most. */
export function roomOfEnvelope(fields: EnvelopeFields): number {
  return ${numbers.length * mostNumberBytes === 0 ? "" : `${numbers.length * mostNumberBytes} + `}${chunks.map(({ name }) => `roomFor(fields.${name})`).join(" + ")};
}

/** Writes an envelope. Returns where it ended. */
export function writeEnvelope(fields: EnvelopeFields, bytes: Buffer, start: number): number {
  let at = start;
  ${fields.map(({ name, kind, tag }) => `at = ${kind === "uint32" ? "writeNumber" : "writeChunk"}(bytes, at, ${tag}, fields.${name});`).join("\n  ")}
  return at;
}

${places(fields, chunks, numbers)}
`;
}

function givenType(kind: Field["kind"]): string {
  if (kind === "uint32") return "number";
  return kind === "string" ? "string" : "Uint8Array | string";
}

function places(fields: readonly Field[], chunks: readonly Field[], numbers: readonly Field[]): string {
  const inEnvelope = fields.map(({ name, kind }) =>
    kind === "uint32"
      ? `${name}: this.#${name}`
      : `${name}: ${kind === "bytes" ? "viewOf" : "textIn"}(this.bytes, this.${name}At, this.${name}End)`,
  );
  return `/**
 * An envelope of which only the places are known: what is asked for is read. A view of some bytes costs as much as the text
 * that is made of them, and most envelopes have neither auth nor trace.
 */
export class EnvelopePlaces {
  protected readonly bytes: Buffer;
  ${chunks.map(({ name }) => `protected ${name}At = 0;\n  protected ${name}End = 0;`).join("\n  ")}
  ${numbers.map(({ name }) => `#${name} = 0;\n  `).join("")}
  protected constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  ${chunks.map(textGetter).join("\n\n  ")}
${numbers.map(({ name }) => `\n  get ${name}(): number {\n    return this.#${name};\n  }\n`).join("")}
  /** All of it. Its bytes are views. */
  get envelope(): Envelope {
    return { ${inEnvelope.join(", ")} };
  }

  ${finder(chunks, numbers)}${numbers.length === 0 ? "" : `\n\n  ${numberPlacer(numbers)}`}
}`;
}

function textGetter({ name, kind }: Field): string {
  return `${kind === "bytes" ? "/** As text; empty if it is absent. */\n  " : ""}get ${name}(): string {
    return textIn(this.bytes, this.${name}At, this.${name}End);
  }`;
}

function finder(chunks: readonly Field[], numbers: readonly Field[]): string {
  const branches = chunks.map(
    ({ name, kind, tag }) => `if (tag === ${tag}) {
        this.${name}At = start;
        this.${name}End = at;${kind === "string" ? "\n        isPlain &&= isAscii(bytes, start, at);" : ""}
      } else `,
  );
  // A number of 32 bits has a fifth byte; no frame is as long as to need one for a length.
  const [longest, wideLength] = numbers.length > 0 ? [28, "length < 0 || "] : [21, ""];
  const number = `if ((tag & 7) === 0) {
        if (!this.#count(tag, length >>> 0)) return false;
        continue;
      }
      `;
  return `/**
   * Finds the places in bytes. False if they are anything else than known fields that are complete, with texts in ASCII: they may be
   * an envelope nevertheless, or none.
   */
  protected find(bytes: Buffer): boolean {
    const end = bytes.length;
    let isPlain = true;
    let at = 0;
    while (at < end) {
      const tag = bytes[at++] as number;
      let length = 0;
      let byte = 0x80;
      for (let shift = 0; byte >= 0x80; shift += 7) {
        if (at >= end || shift > ${longest}) return false;
        byte = bytes[at++] as number;
        length |= (byte & 0x7f) << shift;
      }
      ${numbers.length > 0 ? number : ""}const start = at;
      at += length;
      if (${wideLength}at > end) return false;
      ${branches.join("")}return false;
    }
    return isPlain;
  }`;
}

function numberPlacer(numbers: readonly Field[]): string {
  const branches = numbers.map(({ name, tag }) => `if (tag === ${tag}) this.#${name} = value;\n    else `);
  return `/** Remembers a number, by its tag. False if it is unknown. */
  #count(tag: number, value: number): boolean {
    ${branches.join("")}return false;
    return true;
  }`;
}
