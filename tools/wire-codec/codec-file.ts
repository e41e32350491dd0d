import type { Field, Message } from "./contract.ts";
import { generatedHeader } from "./generated-header.ts";

/** A tag takes one byte up to this, and two behind. */
const longestShortTag = 0x7f;

/** What the numbers of a message that has bytes in it usually take, in bytes: a guess of its length, see WireWriter.begin. */
const usualNumberBytes = 24;

/** A message up to this size has a length of one byte. */
const longestShortMessage = 0x7f;

/** The module that reads and writes one message of the contract. */
export function codecFile(message: Message): string {
  const { type, fields, file } = message;
  const others = fields.flatMap(({ type }) => (typeof type === "object" ? [type] : []));
  const imported = [...new Set(others)].filter((other) => other !== message);
  const enums = fields.flatMap(({ type }) => (typeof type === "string" ? [type] : []));
  const code = [reader(message), writer(message), room(message)].join("\n\n");
  const shared = ["emptyBytes", "emptyList"].filter((name) => code.includes(name));
  const rooms = ["roomOfText", "roomOfEntries"].filter((name) => code.includes(`${name}(`));
  const types = [type, ...enums].map((name) => `type ${name}`);
  const imports = [
    `import { ${[...shared, ...types].join(", ")} } from "@exosphere/proto";`,
    ...(code.includes("TooManyParts(") ? ['import { maxFrameNumbers, TooManyParts } from "../frame-parts.ts";'] : []),
    ...(code.includes("withAdded(") ? ['import { withAdded } from "../lists.ts";'] : []),
    'import type { WireReader } from "../wire-reader.ts";',
    ...(rooms.length > 0 ? [`import { ${rooms.join(", ")} } from "../wire-room.ts";`] : []),
    'import type { WireWriter } from "../wire-writer.ts";',
    ...imported.map((other) => {
      const names = [`read${other.stem}`, `write${other.stem}`, `roomOf${other.stem}`].filter((name) =>
        new RegExp(`\\b${name}\\b`).test(code),
      );
      return `import { ${names.join(", ")} } from "./${other.file}.ts";`;
    }),
  ];
  return [generatedHeader(`${file}.ts`), ...imports, "", code, ""].join("\n");
}

function reader(message: Message): string {
  const { type, stem, fields, isFrame } = message;
  const lists = fields.filter(({ isList, kind }) => isFrame && isList && kind.startsWith("uint"));
  const branches = fields.map((field) => `if (${conditionOf(field)}) ${readStatement(field, isFrame)};\nelse `);
  return `/** Reads a message that ends at \`end\`. */
export function read${stem}(reader: WireReader, end: number): ${type} {
  const message: ${type} = { ${fields.map((field) => `${field.name}: ${emptyValue(field)}`).join(", ")} };
  while (reader.at < end) {
    const tag = reader.uint32();
    ${branches.join("")}if (!reader.skip(tag)) break;
  }
  ${lists.length > 0 ? `if (${lists.map(({ name }) => `message.${name}.length`).join(" + ")} > maxFrameNumbers) throw new TooManyParts();\n` : ""}return message;
}`;
}

/** What stands for a field that is absent. */
export function emptyValue({ kind, isList }: Field): string {
  if (isList) return "emptyList";
  if (kind === "entries") return "{}";
  if (kind === "message") return "undefined";
  if (kind === "bytes") return "emptyBytes";
  if (kind === "string") return '""';
  return kind === "bool" ? "false" : "0";
}

function conditionOf({ tag, unpackedTag }: Field): string {
  return tag === unpackedTag ? `tag === ${tag}` : `tag === ${tag} || tag === ${unpackedTag}`;
}

function readStatement({ name, kind, isList, type, tag, unpackedTag }: Field, isPart: boolean): string {
  if (kind === "entries") return `reader.entry(message.${name})`;
  if (isList && tag !== unpackedTag) return `message.${name} = reader.${kind}s(tag, message.${name})`;
  const value = readExpression(kind, type, isPart);
  if (isList) return `message.${name} = withAdded(message.${name}, ${value})`;
  return `message.${name} = ${value}`;
}

function readExpression(kind: Field["kind"], type: Field["type"], isPart: boolean): string {
  if (typeof type === "object") return `read${type.stem}(reader, reader.${isPart ? "endOfPart" : "endOfInner"}())`;
  return kind === "enum" ? `(reader.uint32() | 0) as ${type}` : `reader.${kind}()`;
}

function writer({ type, stem, fields, isFrame }: Message): string {
  const statements = fields.map(writeStatement);
  if (isFrame)
    return `/** Writes all of a frame. */
export function write${stem}(writer: WireWriter, message: ${type}): void {
  ${statements.join("\n")}
}`;
  const about = guessOf(fields);
  const isUsed = fields.length > 0 || about.includes("message");
  return `/** Writes a message as a field of another one. */
export function write${stem}(writer: WireWriter, tag: number, ${isUsed ? "" : "_"}message: ${type}): void {
  ${about === "0" ? "" : `const about = ${about};\n`}const start = writer.begin(tag, ${about === "0" ? "0" : "about"});
  ${statements.map((statement) => `${statement}\n`).join("")}  writer.end(start, ${about === "0" ? "0" : "about"});
}`;
}

/** How many bytes a message has, about. */
function guessOf(fields: readonly Field[]): string {
  if (isConstant(fields) && fixedRoom(fields) <= longestShortMessage) return "0";
  const chunks = fields.filter(({ kind, isList }) => !isList && (kind === "bytes" || kind === "string"));
  return [...chunks.map(({ name }) => `message.${name}.length`), usualNumberBytes].join(" + ");
}

/** Writes a field unless it is absent. The check stands here rather than in the writer, as most fields of most messages are. */
function writeStatement({ name, kind, isList, type, tag, unpackedTag }: Field): string {
  const value = `message.${name}`;
  if (kind === "entries") return `writer.entries(${tag}, ${value});`;
  if (isList && tag !== unpackedTag) return `if (${value}.length > 0) writer.${kind}s(${tag}, ${value});`;
  if (isList && kind === "string") return `for (const each of ${value}) writer.string(${tag}, each);`;
  if (isList && kind !== "message") throw new Error(`The codec knows no lists of ${kind}.`);
  if (typeof type === "object") {
    if (isList) return `for (const each of ${value}) write${type.stem}(writer, ${tag}, each);`;
    return `if (${value} !== undefined) write${type.stem}(writer, ${tag}, ${value});`;
  }
  if (kind === "bool") return `if (${value}) writer.uint32(${tag}, 1);`;
  if (kind === "bytes") return `if (${value}.length > 0) writer.bytes(${tag}, ${value});`;
  if (kind === "string") return `if (${value} !== "") writer.string(${tag}, ${value});`;
  return `if (${value} !== 0) writer.${kind === "enum" ? "uint32" : kind}(${tag}, ${value});`;
}

function room({ type, stem, fields }: Message): string {
  const summary = "/** How many bytes a message takes at most as a field of another one, or as a frame. */";
  const own = 7 + fixedRoom(fields);
  if (isConstant(fields)) return `${summary}\nexport const roomOf${stem} = ${own};`;
  const chunks = fields
    .filter(({ isList, kind }) => !isList && kind === "bytes")
    .map(({ name }) => ` + message.${name}.length`);
  const statements = fields.map(roomStatement).filter((statement) => statement !== "");
  if (statements.length === 0)
    return `${summary}
export function roomOf${stem}(message: ${type}): number {
  return ${own}${chunks.join("")};
}`;
  return `${summary}
export function roomOf${stem}(message: ${type}): number {
  let room = ${own}${chunks.join("")};
  ${statements.join("\n")}
  return room;
}`;
}

/** Whether a message never takes more than `fixedRoom`. */
function isConstant(fields: readonly Field[]): boolean {
  return fields.every(({ kind, isList, type }) => {
    if (isList || kind === "bytes" || kind === "string" || kind === "entries") return false;
    return typeof type !== "object" || isConstant(type.fields);
  });
}

/** What all fields take at most that have a size of their own, and the tags and lengths of bytes. */
function fixedRoom(fields: readonly Field[]): number {
  return fields.reduce((sum, field) => sum + fixedRoomOf(field), 0);
}

function fixedRoomOf({ kind, isList, tag, type }: Field): number {
  const tagBytes = tag > longestShortTag ? 2 : 1;
  // Numbers in a row stand behind their length.
  if (isList && typeof type !== "object" && kind !== "string") return tagBytes + 5;
  if (isList || kind === "string" || kind === "entries") return 0;
  if (typeof type === "object") return isConstant(type.fields) ? 7 + fixedRoom(type.fields) : 0;
  if (kind === "bool") return tagBytes + 1;
  return tagBytes + (kind === "uint32" || kind === "enum" || kind === "bytes" ? 5 : 8);
}

/** Adds what a field takes that has no size of its own. Empty for one that has. */
function roomStatement({ name, kind, isList, type }: Field): string {
  const value = `message.${name}`;
  if (kind === "entries") return `room += roomOfEntries(${value});`;
  if (typeof type === "object") {
    if (isConstant(type.fields)) return isList ? `room += ${value}.length * roomOf${type.stem};` : "";
    if (isList) return `for (const each of ${value}) room += roomOf${type.stem}(each);`;
    return `if (${value} !== undefined) room += roomOf${type.stem}(${value});`;
  }
  if (kind === "string")
    return isList ? `for (const each of ${value}) room += roomOfText(each);` : `room += roomOfText(${value});`;
  if (!isList) return "";
  return `room += ${kind === "uint32" ? 5 : 8} * ${value}.length;`;
}
