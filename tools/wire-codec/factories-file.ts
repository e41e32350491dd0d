import { emptyValue } from "./codec-file.ts";
import type { Field, Message } from "./contract.ts";
import { generatedHeader } from "./generated-header.ts";

/** The module that makes messages of the contract of what is said about them. */
export function factoriesFile(messages: readonly Message[]): string {
  const sources = Map.groupBy(messages, ({ source }) => source);
  return [
    generatedHeader("factories.ts"),
    ...[...sources].map(
      ([source, from]) => `import type { ${from.map(({ type }) => type).join(", ")} } from "./${source}.ts";`,
    ),
    shared,
    ...messages.map(factory),
  ].join("\n");
}

const shared = `
/** Stands for bytes that are absent: one array serves all messages, as nothing can be written into it. */
export const emptyBytes: Uint8Array = new Uint8Array(0);

/** Stands for a list that is absent: one serves all messages, as nothing can be added to it. */
export const emptyList: never[] = Object.freeze<never[]>([]) as never[];
`;

function factory({ type, stem, fields, isFrame }: Message): string {
  if (fields.length === 0)
    return `/** Makes a ${type}, which has no fields. */\nexport function new${stem}(): ${type} {\n  return {};\n}\n`;
  const values = fields.map(
    (field) => `${field.name}: fields.${field.name} ?? ${isFrame ? ownValue(field) : emptyValue(field)}`,
  );
  const lists = isFrame ? " Its lists are its own: parts can be added to them." : "";
  return `/** Makes ${/^[AU]/.test(type) ? "an" : "a"} ${type}: fields that are not given have the value that stands for absent ones.${lists} */
export function new${stem}(fields: Partial<${type}> = {}): ${type} {
  return { ${values.map((value) => value.replace(" ?? undefined", "")).join(", ")} };
}
`;
}

function ownValue(field: Field): string {
  return field.isList ? "[]" : emptyValue(field);
}
