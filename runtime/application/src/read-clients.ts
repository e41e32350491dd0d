import type { ClientNames, ClientRight, ClientRules } from "./application.ts";
import { KeyedMap } from "./keyed-map.ts";
import { readMessageName } from "./read-messages.ts";
import type { YamlValue } from "./yaml-value.ts";

/** What the gateway's role sends and receives, where that is known. */
interface RoleNames {
  readonly sends: ReadonlySet<string>;
  readonly receives: ReadonlySet<string>;
}

const nothing: ClientRight = { sends: [], receives: [] };

/**
 * Reads `clients` of a gateway: `anonymous`, `users` and `scopes`, each with `sends` and `receives`. A name that the role does not
 * send or receive itself is a mistake.
 */
export function readClients(value: YamlValue | undefined, names: RoleNames | undefined): ClientRules {
  const map = KeyedMap.of(value);
  const right = (of: YamlValue | undefined) => readRight(of, names);
  const rules = {
    anonymous: right(map?.get("anonymous")),
    users: right(map?.get("users")),
    scopes: new Map([...(map?.get("scopes")?.entries() ?? [])].map(([scope, of]) => [scope, right(of)] as const)),
  };
  map?.close();
  return rules;
}

function readRight(value: YamlValue | undefined, names: RoleNames | undefined): ClientRight {
  const map = KeyedMap.of(value);
  if (map === undefined) return nothing;
  const right = {
    sends: readNames(map.get("sends"), names?.sends, "sends"),
    receives: readNames(map.get("receives"), names?.receives, "receives"),
  };
  map.close();
  return right;
}

function readNames(
  value: YamlValue | undefined,
  known: ReadonlySet<string> | undefined,
  direction: "sends" | "receives",
): ClientNames {
  if (value === undefined) return [];
  if (value.isText) return value.oneOf(["all"] as const) ?? [];
  const list = value.list().map((item) => {
    const name = readMessageName(item);
    if (name !== undefined && known && !known.has(name))
      item.refuse(`'${name}' is not among what the gateway's role ${direction}; add it there, or remove it here`);
    return name;
  });
  return list.filter((name) => name !== undefined);
}
