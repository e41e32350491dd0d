import type { Receive } from "./application.ts";
import { durationMs } from "./duration.ts";
import { anything, type Form, integer, oneOf, structure } from "./form.ts";
import { KeyedMap } from "./keyed-map.ts";
import { MapDeclaration } from "./map-declaration.ts";
import { messageNameMistake, messageNameSchema } from "./names.ts";
import type { YamlValue } from "./yaml-value.ts";

/** What a role sends and receives, by its own names. */
export interface Messages {
  readonly sends: readonly string[];
  readonly receives: readonly Receive[];
  readonly namespace?: string;
}

/** A role that neither sends nor receives. */
export const noMessages: Messages = { sends: [], receives: [] };

/** The name of a message. */
export const messageName: Form<string> = {
  schema: messageNameSchema,
  read(value) {
    const name = value.text();
    const mistake = name === undefined ? undefined : messageNameMistake(name);
    return mistake === undefined ? name : value.refuse(mistake);
  },
};

/** The `<namespace>` of `<namespace>.<command>`. */
export const namespaceName: Form<string> = {
  schema: {
    ...messageNameSchema,
    pattern: "^(?:(?!: )[^./])*$",
    patternErrorMessage: "has a separator ('.', ': ' or '/'); remove it",
  },
  read(value) {
    const name = messageName.read(value);
    // These part a namespace from its command, so one inside would make the border ambiguous.
    return name && /[./]|: /.test(name) ? value.refuse("has a separator ('.', ': ' or '/'); remove it") : name;
  },
};

/** The keys of a message that a role receives. */
export const receiveKeys = new MapDeclaration({
  name: { form: messageName, does: "the role's own name of the message", need: "say which message this is about" },
  deadline: {
    form: durationMs,
    does: "how long a delivery of it may wait and be worked on: `1500ms`, `5s`, `2m`, or a number of milliseconds; the shorter one of this and the sender's counts",
  },
  concurrency: { form: integer(1, 10_000), does: "deliveries of it that one instance works on at once" },
  order: {
    form: oneOf(["activity", "none"]),
    does: "`activity`: messages of one activity come one at a time, in order; `none`: as they come",
  },
  example: { form: anything, does: "an example payload, for people and tools" },
});

const receive: Form<Receive> = {
  schema: { anyOf: [messageNameSchema, receiveKeys.schema] },
  read: readReceive,
};

const receives: Form<readonly Receive[]> = {
  schema: { type: "array", items: receive.schema, uniqueItems: true },
  read: (value) => unique(value, receive, ({ name }) => name),
};

const sends: Form<readonly string[]> = {
  schema: { type: "array", items: messageName.schema, uniqueItems: true },
  read: (value) => unique(value, messageName, (name) => name),
};

/** The keys that say what a role sends and receives, in `messages` and wherever else that stands. */
export const messageKeys = {
  namespace: {
    form: namespaceName,
    does: "`<namespace>.<command>` inside is `<role>.<command>` outside; separators are `.`, `: ` and `/`. An exact translation wins",
  },
  receives: { form: receives, does: "what the role receives, by its own names: a name, or a map as below" },
  sends: { form: sends, does: "what the role may send, by its own names" },
};

/** A map with these keys and no other. */
export const messagesOnly = new MapDeclaration(messageKeys);

/** Such a map. The schema in which it stands has its declaration among the definitions. */
export const messagesForm = structure({ anyOf: [{ $ref: "#/definitions/messages" }] });

/** Reads `sends`, `receives` and `namespace` of a map. */
export function readMessages(map: KeyedMap<typeof messageKeys>): Messages {
  const namespace = map.read("namespace");
  return {
    receives: map.read("receives") ?? [],
    sends: map.read("sends") ?? [],
    ...(namespace !== undefined && { namespace }),
  };
}

function readReceive(value: YamlValue): Receive | undefined {
  if (!value.isMap) {
    const name = messageName.read(value);
    return name === undefined ? undefined : { name };
  }
  const map = KeyedMap.of(value, receiveKeys);
  if (map === undefined) return undefined;
  const name = map.read("name");
  const deadlineMs = map.read("deadline");
  const concurrency = map.read("concurrency");
  const order = map.read("order");
  const example = map.read("example");
  if (name === undefined) return undefined;
  return {
    name,
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(concurrency !== undefined && { concurrency }),
    ...(order !== undefined && { order }),
    ...(example !== undefined && { example }),
  };
}

function unique<Item>(list: YamlValue, form: Form<Item>, nameOf: (item: Item) => string): readonly Item[] {
  const items = new Map<string, Item>();
  for (const value of list.list()) {
    const item = form.read(value);
    if (item === undefined) continue;
    const name = nameOf(item);
    if (items.has(name)) value.refuse(`'${name}' is there twice; remove one`);
    else items.set(name, item);
  }
  return [...items.values()];
}
