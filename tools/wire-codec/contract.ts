import { readFileSync } from "node:fs";
import { createFileRegistry, type DescField, type DescMessage, fromBinary, ScalarType } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

/** The package of the contract. */
const contractPackage = "exosphere.exocom.v1";

/** The messages of the attach stream that are frames. */
export const frameNames = ["AttachRequest", "AttachResponse"] as const;

/** What two apps say to each other: frames carry it as bytes, and it has a codec of its own. */
const envelope = "Envelope";

/** What a field consists of, as the codec's reader and writer call it. */
export type FieldKind =
  | "uint32"
  | "uint53"
  | "fixed64"
  | "bool"
  | "double"
  | "bytes"
  | "string"
  | "enum"
  | "message"
  | "entries";

/** A field of a message of the contract. */
export interface Field {
  /** Its name in TypeScript. */
  readonly name: string;
  readonly kind: FieldKind;
  readonly isList: boolean;
  /** Its tag as it is written; packed, if it is a list of numbers. */
  readonly tag: number;
  /** The tag of a list of numbers that is not packed, or of anything else `tag` itself. */
  readonly unpackedTag: number;
  /** The type of the message or enum that it has. */
  readonly type: Message | string | undefined;
}

/** A message of the contract. */
export interface Message {
  /** The name of its type in TypeScript, such as `RouteSlice_Send`. */
  readonly type: string;
  /** The name as a part of those of functions, such as `RouteSliceSend`. */
  readonly stem: string;
  /** The name of its file without extension, such as `route-slice-send`. */
  readonly file: string;
  /** The file that declares it, without extension, such as `exosphere/exocom/v1/attach`. */
  readonly source: string;
  readonly isFrame: boolean;
  readonly fields: readonly Field[];
}

/** The values of an enum of the contract. */
export interface Enumeration {
  readonly values: readonly { readonly name: string; readonly number: number }[];
}

/** What frames consist of: frames last, and each message behind those that it has in it. */
export function messagesOf(descriptors: string): readonly Message[] {
  return messagesFrom(descriptors, frameNames);
}

/** The envelope of a message, which frames carry as bytes. */
export function envelopeOf(descriptors: string): Message {
  const [message] = messagesFrom(descriptors, [envelope]);
  if (!message) throw new Error(`The contract has no message ${envelope}.`);
  return message;
}

function messagesFrom(descriptors: string, names: readonly string[]): readonly Message[] {
  const registry = registryOf(descriptors);
  const known = new Map<string, Message>();
  const add = (desc: DescMessage): Message => {
    const found = known.get(desc.typeName);
    if (found) return found;
    const type = desc.typeName.slice(contractPackage.length + 1).replaceAll(".", "_");
    const stem = type.replaceAll("_", "");
    const message: Message = {
      type,
      stem,
      file: stem.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase(),
      source: desc.file.name,
      isFrame: frameNames.some((name) => name === type),
      fields: desc.fields.map((field) => fieldOf(field, add)),
    };
    known.set(desc.typeName, message);
    return message;
  };
  for (const name of names) {
    const desc = registry.getMessage(`${contractPackage}.${name}`);
    if (!desc) throw new Error(`The contract has no message ${name}.`);
    add(desc);
  }
  return [...known.values()];
}

/** An enum of the contract. */
export function enumOf(descriptors: string, name: string): Enumeration {
  const desc = registryOf(descriptors).getEnum(`${contractPackage}.${name}`);
  if (!desc) throw new Error(`The contract has no enum ${name}.`);
  const prefix = desc.sharedPrefix ?? "";
  const values = desc.values.map((value) => ({
    name: value.name.toLowerCase().slice(prefix.length),
    number: value.number,
  }));
  return { values };
}

function registryOf(descriptors: string) {
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptors)));
}

function fieldOf(desc: DescField, add: (desc: DescMessage) => Message): Field {
  const isList = desc.fieldKind === "list";
  const kind = kindOf(desc);
  const wireType = wireTypes[kind];
  const unpackedTag = desc.number * 8 + wireType;
  const isPacked = isList && wireType !== 2;
  const type = desc.message
    ? add(desc.message)
    : desc.enum?.typeName.slice(contractPackage.length + 1).replaceAll(".", "_");
  return { name: desc.localName, kind, isList, tag: isPacked ? desc.number * 8 + 2 : unpackedTag, unpackedTag, type };
}

const wireTypes: Readonly<Record<FieldKind, number>> = {
  uint32: 0,
  uint53: 0,
  bool: 0,
  enum: 0,
  fixed64: 1,
  double: 1,
  bytes: 2,
  string: 2,
  message: 2,
  entries: 2,
};

const scalarKinds: Readonly<Partial<Record<ScalarType, FieldKind>>> = {
  [ScalarType.UINT32]: "uint32",
  [ScalarType.UINT64]: "uint53",
  [ScalarType.FIXED64]: "fixed64",
  [ScalarType.BOOL]: "bool",
  [ScalarType.DOUBLE]: "double",
  [ScalarType.BYTES]: "bytes",
  [ScalarType.STRING]: "string",
};

function kindOf(desc: DescField): FieldKind {
  if (desc.fieldKind === "map") {
    if (desc.mapKey === ScalarType.STRING && desc.scalar === ScalarType.STRING) return "entries";
    throw new Error(`The codec knows no maps such as ${desc}.`);
  }
  if (desc.message) return "message";
  if (desc.enum && desc.fieldKind !== "list") return "enum";
  const kind = desc.scalar === undefined ? undefined : scalarKinds[desc.scalar];
  if (kind === undefined || desc.oneof) throw new Error(`The codec knows no fields such as ${desc}.`);
  return kind;
}
