import type { Exit } from "@exosphere/message";
import { fieldsTo, type ListedField } from "@exosphere/message/fields";
import { absentValue } from "./expressions.ts";

/** The module by which messages leave: their JSON and their headers. */
export function exitsFile(): string {
  return `import { isTraceText, rawText, timestampText } from "../json-texts.ts";
import type { Envelope, JudgedMessage, ShownMessage } from "../message-types.ts";

${jsonWriter("jsonForApp", "appJson", "A message from the bus as its app gets it: docs/reference/http-api.md. JSON in it stands byte for byte.")}

${jsonWriter("jsonForClient", "clientJson", "A message from the bus as a client of the gateway gets it: docs/reference/websocket.md.")}

${jsonWriter("jsonForSecurity", "securityJson", "A message as the security role is asked about it. JSON in it stands byte for byte.")}

${headerWriter()}
`;
}

function jsonWriter(name: string, way: Exit, summary: string): string {
  const isJudged = way === "securityJson";
  const members = fieldsTo(way).map((field, index) => memberText(field, isJudged, index === 0 ? "{" : ","));
  return `/** ${summary} */
export function ${name}(message: ${isJudged ? "JudgedMessage" : "ShownMessage"}): string {
  ${isJudged ? "" : "const { envelope } = message;\n  "}return (
    ${members.map((member) => `\`${member}\``).join(" +\n    ")} +
    "}"
  );
}`;
}

/** A member as it stands within a template literal. */
function memberText(field: ListedField, isJudged: boolean, separator: string): string {
  const { json, form, isOptional } = field;
  const value = isJudged ? judgedValue(field) : shownValue(field);
  const key = `${separator}"${json}":`;
  if (value === undefined) return key + absentValue(form);
  if (form.type === "timestamp") return `${key}"${inserted("timestampText(message)")}"`;
  if (form.type === "json") return key + inserted(`rawText(${value})`);
  if (form.type === "boolean" || form.type === "integer") return key + inserted(value);
  const text = key + inserted(`JSON.stringify(${value})`);
  return isOptional ? inserted(`${value} === "" ? "" : \`${text}\``) : text;
}

function inserted(expression: string): string {
  return `\${${expression}}`;
}

/** Where a field of a message from the bus is. Undefined: its receivers do not learn it. */
function shownValue({ name, form, wire }: ListedField): string | undefined {
  if (wire.Envelope !== undefined && form.type !== "id") return `envelope.${name}`;
  return wire.Envelope !== undefined || wire.Delivery !== undefined ? `message.${name}` : undefined;
}

/** Where a field of a message is that is judged. Undefined: it is only known once the message is delivered. */
function judgedValue({ name, form }: ListedField): string | undefined {
  return form.type === "boolean" ? undefined : `message.${name}`;
}

function headerWriter(): string {
  const statements = fieldsTo("appHeaders").map(({ name, header, form }) => {
    const value = `envelope.${name}`;
    const place = /^\w+$/.test(header ?? "") ? `headers.${header}` : `headers["${header}"]`;
    if (form.type === "integer") return `if (${value} !== 0) ${place} = String(${value});`;
    if (form.type === "trace") return `if (isTraceText(${value})) ${place} = ${value};`;
    throw new Error(`The headers of deliveries have no fields of the form ${form.type}, such as ${name}.`);
  });
  return `/** Adds what the headers of a delivery say of a message. */
export function addDeliveryHeaders(headers: Record<string, string>, envelope: Envelope): void {
  ${statements.join("\n  ")}
}`;
}
