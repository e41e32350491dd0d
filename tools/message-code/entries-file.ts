import type { Entry } from "@exosphere/message";
import { fieldsFrom, type ListedField } from "@exosphere/message/fields";
import { absentValue, boundsOf, neededFields, saidFields } from "./expressions.ts";

/** The module by which messages enter: what senders say becomes a draft, and a draft becomes a message. */
export function entriesFile(): string {
  const code = [
    jsonDraft("appJson", "A message as an app writes it, under a name that was checked. Throws a Refusal."),
    jsonDraft("appReply", "A reply in an app's answer, under a name that was checked. Throws a Refusal."),
    jsonDraft("clientJson", "A message as a client writes it, under a name that was checked. Throws a Refusal."),
    head("appHeaders", "What the headers of an app's request say of a message. Throws a Refusal."),
    head("clientHeaders", "What the headers of a client's call say of a message. Throws a Refusal."),
    headed(),
    completed(),
    repeated(),
  ].join("\n\n");
  const readers = ["durationMember", "givenMember", "idMember", "integerMember", "payloadMember", "textMember"];
  const used = readers.filter((name) => code.includes(`${name}(`));
  return `import type { HeaderReaders } from "../header-readers.ts";
import { ${used.join(", ")}, type Members } from "../members.ts";
import type { Completion, Draft, HeadFrom, OutgoingMessage } from "../message-types.ts";

${code.includes("noBytes") ? "const noBytes = new Uint8Array(0);\n" : ""}
${code}
`;
}

function jsonDraft(way: Entry, summary: string): string {
  const said = fieldsFrom(way).filter(({ name }) => !neededFields.includes(name));
  return `/** ${summary} */
export function ${way}Draft(members: Members, name: string): Draft {
  return { name, payload: payloadMember(members, "payload"), ${said.map((field) => `${field.name}: ${member(field, way)}`)} };
}`;
}

function member({ json, form }: ListedField, way: Entry): string {
  const key = JSON.stringify(json);
  if (form.type === "id")
    return `idMember(members, ${key}, "The ${way === "appReply" ? `${json} of a reply` : `'${json}'`}")`;
  const readers: Readonly<Record<string, string>> = {
    json: "given",
    trace: "text",
    duration: "duration",
    integer: "integer",
  };
  return `${readers[form.type]}Member(members, ${key}${boundsOf(form)})`;
}

function head(way: Entry, summary: string): string {
  const values = fieldsFrom(way).map(
    ({ name, header, form }) => `${name}: read.${form.type}(source, ${JSON.stringify(header)}${boundsOf(form)})`,
  );
  return `/** ${summary} */
export function ${way}Of<Source>(source: Source, read: HeaderReaders<Source>): HeadFrom<"${way}"> {
  return { ${values.join(", ")} };
}`;
}

/** Each line of many has an id of its own. */
function headed(): string {
  const inHeaders = new Set(fieldsFrom("appHeaders").map(({ name }) => name));
  const value = ({ name }: ListedField) =>
    inHeaders.has(name) && name !== "id" ? `draft.${name} ?? head.${name}` : `draft.${name}`;
  return `/** One of many messages, with what the headers say of all of them where it does not say otherwise. */
export function withHead(draft: Draft, head: Omit<HeadFrom<"appHeaders">, "id">): Draft {
  return { name: draft.name, payload: draft.payload, ${saidFields.map((field) => `${field.name}: ${value(field)}`)} };
}`;
}

function completed(): string {
  const value = ({ name, form, isCompleted }: ListedField) =>
    isCompleted ? `completion.${name}` : `draft.${name} ?? ${absentValue(form)}`;
  return `/** A message of a draft and of what its edge has worked out. */
export function completeMessage(draft: Draft, completion: Completion): OutgoingMessage {
  return { name: draft.name, payload: draft.payload, ${saidFields.map((field) => `${field.name}: ${value(field)}`)} };
}`;
}

function repeated(): string {
  const same = saidFields.filter(({ isOfOneAttempt, from }) => !isOfOneAttempt && from.includes("clientJson"));
  return `/** What a client says of a message, beside its payload, that must be the same when it sends the message again. */
export function repeatedFields(draft: Draft): readonly unknown[] {
  return [draft.name, ${same.map(({ name }) => `draft.${name}`).join(", ")}];
}`;
}
