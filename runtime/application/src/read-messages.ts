import type { Receive } from "./application.ts";
import { readDurationMs } from "./duration.ts";
import { KeyedMap } from "./keyed-map.ts";
import { messageNameMistake } from "./names.ts";
import type { YamlValue } from "./yaml-value.ts";

/** What a role sends and receives, by its own names. */
export interface Messages {
  readonly sends: readonly string[];
  readonly receives: readonly Receive[];
  readonly namespace?: string;
}

/** A role that neither sends nor receives. */
export const noMessages: Messages = { sends: [], receives: [] };

/** Reads `sends`, `receives` and `namespace` of a map. Its other keys are the caller's. */
export function readMessages(map: KeyedMap): Messages {
  const namespace = map.get("namespace");
  const name = namespace && readNamespace(namespace);
  return {
    receives: unique(map.get("receives"), readReceive, ({ name }) => name),
    sends: unique(map.get("sends"), readMessageName, (name) => name),
    ...(name !== undefined && { namespace: name }),
  };
}

/** Reads the name of a message. */
export function readMessageName(value: YamlValue): string | undefined {
  const name = value.text();
  const mistake = name === undefined ? undefined : messageNameMistake(name);
  return mistake === undefined ? name : value.refuse(mistake);
}

/** Reads the `<namespace>` of `<namespace>.<command>`. */
export function readNamespace(value: YamlValue): string | undefined {
  const name = readMessageName(value);
  // These part a namespace from its command, so one inside would make the border ambiguous.
  return name && /[./]|: /.test(name) ? value.refuse("has a separator ('.', ': ' or '/'); remove it") : name;
}

function readReceive(value: YamlValue): Receive | undefined {
  if (!value.isMap) {
    const name = readMessageName(value);
    return name === undefined ? undefined : { name };
  }
  const map = KeyedMap.of(value);
  if (map === undefined) return undefined;
  const nameValue = map.need("name", "say which message this is about");
  const deadline = map.get("deadline");
  const deadlineMs = deadline && readDurationMs(deadline);
  const concurrency = map.get("concurrency")?.integer(1, 10_000);
  const order = map.get("order")?.oneOf(["activity", "none"] as const);
  const example = map.get("example")?.plain();
  map.close();
  const name = nameValue && readMessageName(nameValue);
  if (name === undefined) return undefined;
  return {
    name,
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(concurrency !== undefined && { concurrency }),
    ...(order !== undefined && { order }),
    ...(example !== undefined && { example }),
  };
}

function unique<Item>(
  list: YamlValue | undefined,
  read: (value: YamlValue) => Item | undefined,
  nameOf: (item: Item) => string,
): readonly Item[] {
  const items = new Map<string, Item>();
  for (const value of list?.list() ?? []) {
    const item = read(value);
    if (item === undefined) continue;
    const name = nameOf(item);
    if (items.has(name)) value.refuse(`'${name}' is there twice; remove one`);
    else items.set(name, item);
  }
  return [...items.values()];
}
