import { execFileSync } from "node:child_process";
import { bufProgram } from "../buf.ts";
import { root } from "../house.ts";

/** A field of a message. */
export interface ProtoField {
  readonly name: string;
  readonly number: number;
  /** As in a .proto file: "uint32", "repeated Publish", "map<string, string>". */
  readonly type: string;
  /** Name of the message or enum that the type is, without the package. */
  readonly refersTo: string | undefined;
  readonly comment: string;
  readonly isDeprecated: boolean;
}

/** A message or an enum, with the name of the one around it: "RouteSlice.Send". */
export interface ProtoType {
  readonly kind: "message" | "enum";
  readonly name: string;
  readonly comment: string;
  /** Fields, or the values of an enum, which have no type. */
  readonly fields: readonly ProtoField[];
}

/** A call of a service. */
export interface ProtoMethod {
  readonly name: string;
  readonly request: string;
  readonly response: string;
  readonly isRequestStreamed: boolean;
  readonly isResponseStreamed: boolean;
  readonly comment: string;
}

/** A service. */
export interface ProtoService {
  readonly name: string;
  readonly comment: string;
  readonly methods: readonly ProtoMethod[];
}

/** A .proto file with its comments. */
export interface ProtoFile {
  /** Relative to the folder of the module: "exosphere/exocom/v1/attach.proto". */
  readonly path: string;
  readonly comment: string;
  readonly services: readonly ProtoService[];
  /** In the order of the file, each before those that are nested in it. */
  readonly types: readonly ProtoType[];
}

/** google.protobuf.descriptor.proto as JSON, as far as it is needed here. */
interface Named {
  readonly name: string;
  readonly options?: { readonly deprecated?: boolean; readonly mapEntry?: boolean };
}
interface FieldDescriptor extends Named {
  readonly number: number;
  readonly label?: string;
  readonly type: string;
  readonly typeName?: string;
}
interface EnumDescriptor extends Named {
  readonly value: readonly (Named & { readonly number: number })[];
}
interface MessageDescriptor extends Named {
  readonly field?: readonly FieldDescriptor[];
  readonly nestedType?: readonly MessageDescriptor[];
  readonly enumType?: readonly EnumDescriptor[];
}
interface MethodDescriptor extends Named {
  readonly inputType: string;
  readonly outputType: string;
  readonly clientStreaming?: boolean;
  readonly serverStreaming?: boolean;
}
interface FileDescriptor extends Named {
  readonly package: string;
  readonly messageType?: readonly MessageDescriptor[];
  readonly enumType?: readonly EnumDescriptor[];
  readonly service?: readonly (Named & { readonly method: readonly MethodDescriptor[] })[];
  readonly sourceCodeInfo: {
    readonly location: readonly { readonly path?: readonly number[]; readonly leadingComments?: string }[];
  };
}

/** Numbers of fields in descriptor.proto, of which the paths to comments are made. */
const numbers = {
  file: { message: 4, enum: 5, service: 6, syntax: 12 },
  message: { field: 2, nested: 3, enum: 4 },
  enum: { value: 2 },
  service: { method: 2 },
} as const;

type Path = readonly number[];
type CommentOf = (path: Path) => string;

/** Reads every .proto file of the repository, with its comments, by `buf build`. */
export function readProtoFiles(): readonly ProtoFile[] {
  const json = execFileSync(process.execPath, [bufProgram(), "build", "-o", "-#format=json"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const { file } = JSON.parse(json) as { readonly file: readonly FileDescriptor[] };
  return file.map(fileOf).sort((a, b) => (a.path < b.path ? -1 : 1));
}

function fileOf(file: FileDescriptor): ProtoFile {
  const comments = new Map(
    file.sourceCodeInfo.location.map((each) => [(each.path ?? []).join("."), each.leadingComments]),
  );
  const commentOf: CommentOf = (path) => (comments.get(path.join(".")) ?? "").replace(/^ /gm, "").trim();
  const { message, enum: ofEnum, service, syntax } = numbers.file;
  return {
    path: file.name,
    comment: commentOf([syntax]),
    services: (file.service ?? []).map((each, index) => ({
      name: each.name,
      comment: commentOf([service, index]),
      methods: each.method.map((method, at) =>
        methodOf(method, commentOf([service, index, numbers.service.method, at])),
      ),
    })),
    types: [
      ...(file.messageType ?? []).flatMap((each, index) => typesOf(each, "", [message, index], commentOf)),
      ...(file.enumType ?? []).map((each, index) => enumOf(each, "", [ofEnum, index], commentOf)),
    ],
  };
}

function methodOf(method: MethodDescriptor, comment: string): ProtoMethod {
  return {
    name: method.name,
    request: localName(method.inputType),
    response: localName(method.outputType),
    isRequestStreamed: method.clientStreaming ?? false,
    isResponseStreamed: method.serverStreaming ?? false,
    comment,
  };
}

function typesOf(message: MessageDescriptor, around: string, path: Path, commentOf: CommentOf): ProtoType[] {
  const { field: fields = [], nestedType = [], enumType = [] } = message;
  const name = around + message.name;
  const { field, nested, enum: ofEnum } = numbers.message;
  const entries = new Map(nestedType.filter(({ options }) => options?.mapEntry).map((each) => [each.name, each]));
  return [
    {
      kind: "message",
      name,
      comment: commentOf(path),
      fields: fields.map((each, index) => fieldOf(each, entries, commentOf([...path, field, index]))),
    },
    ...nestedType.flatMap((each, index) =>
      each.options?.mapEntry ? [] : typesOf(each, `${name}.`, [...path, nested, index], commentOf),
    ),
    ...enumType.map((each, index) => enumOf(each, `${name}.`, [...path, ofEnum, index], commentOf)),
  ];
}

function fieldOf(field: FieldDescriptor, entries: ReadonlyMap<string, MessageDescriptor>, comment: string): ProtoField {
  const entry = entries.get(field.typeName?.split(".").at(-1) ?? "");
  const repeated = field.label === "LABEL_REPEATED" ? "repeated " : "";
  const [key, value] = (entry?.field ?? []).map(typeName);
  return {
    name: field.name,
    number: field.number,
    type: entry ? `map<${key}, ${value}>` : repeated + typeName(field),
    refersTo: entry || field.typeName === undefined ? undefined : localName(field.typeName),
    comment,
    isDeprecated: field.options?.deprecated ?? false,
  };
}

function enumOf({ name, value }: EnumDescriptor, around: string, path: Path, commentOf: CommentOf): ProtoType {
  return {
    kind: "enum",
    name: around + name,
    comment: commentOf(path),
    fields: value.map((each, index) => ({
      name: each.name,
      number: each.number,
      type: "",
      refersTo: undefined,
      comment: commentOf([...path, numbers.enum.value, index]),
      isDeprecated: each.options?.deprecated ?? false,
    })),
  };
}

function typeName({ type, typeName: name }: FieldDescriptor): string {
  return name === undefined ? type.slice("TYPE_".length).toLowerCase() : localName(name);
}

/** `.exosphere.exocom.v1.RouteSlice.Send` is `RouteSlice.Send`: packages are in lower case. */
function localName(name: string): string {
  return name.replace(/^(?:\.[a-z]\w*)*\./, "");
}
