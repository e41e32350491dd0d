import type { ClientNames, ClientRight, ClientRules } from "./application.ts";
import { type Form, structure } from "./form.ts";
import { KeyedMap } from "./keyed-map.ts";
import { MapDeclaration } from "./map-declaration.ts";
import { messageNameSchema } from "./names.ts";
import { messageName } from "./read-messages.ts";
import type { YamlValue } from "./yaml-value.ts";

/** What the gateway's role sends and receives, where that is known. */
interface RoleNames {
  readonly sends: ReadonlySet<string>;
  readonly receives: ReadonlySet<string>;
}

const nothing: ClientRight = { sends: [], receives: [] };

const names: Form<YamlValue> = structure({ anyOf: [{ const: "all" }, { type: "array", items: messageNameSchema }] });

/** The keys of what some clients may do. */
function rightOf(who: string) {
  return new MapDeclaration({
    sends: { form: names, does: `what ${who} may send beside` },
    receives: { form: names, does: `what ${who} may get beside` },
  });
}

const rights = {
  anonymous: new MapDeclaration({
    sends: { form: names, does: "what every client may send, of what the role sends" },
    receives: { form: names, does: "what every client may get, of what the role receives" },
  }),
  users: rightOf("clients with a valid JWT"),
  scopes: rightOf("users whose JWT has this scope"),
};

/** The keys of `clients` of a gateway. */
export const clientsKeys = new MapDeclaration({
  anonymous: { form: structure(rights.anonymous.schema), does: "what every client may do" },
  users: { form: structure(rights.users.schema), does: "what clients with a valid JWT may do beside" },
  scopes: {
    form: structure({ type: "object", additionalProperties: rights.scopes.schema }),
    does: "what users whose JWT has a scope may do beside, by scope",
  },
});

/**
 * Reads `clients` of a gateway: `anonymous`, `users` and `scopes`, each with `sends` and `receives`. A name that the role does not
 * send or receive itself is a mistake.
 */
export function readClients(value: YamlValue | undefined, names: RoleNames | undefined): ClientRules {
  const map = KeyedMap.of(value, clientsKeys);
  const right = (of: YamlValue | undefined) => readRight(of, names);
  return {
    anonymous: right(map?.get("anonymous")),
    users: right(map?.get("users")),
    scopes: new Map([...(map?.get("scopes")?.entries() ?? [])].map(([scope, of]) => [scope, right(of)] as const)),
  };
}

function readRight(value: YamlValue | undefined, names: RoleNames | undefined): ClientRight {
  const map = KeyedMap.of(value, rights.anonymous);
  if (map === undefined) return nothing;
  return {
    sends: readNames(map.get("sends"), names?.sends, "sends"),
    receives: readNames(map.get("receives"), names?.receives, "receives"),
  };
}

function readNames(
  value: YamlValue | undefined,
  known: ReadonlySet<string> | undefined,
  direction: "sends" | "receives",
): ClientNames {
  if (value === undefined) return [];
  if (value.isText) return value.oneOf(["all"] as const) ?? [];
  const list = value.list().map((item) => {
    const name = messageName.read(item);
    if (name !== undefined && known && !known.has(name))
      item.refuse(`'${name}' is not among what the gateway's role ${direction}; add it there, or remove it here`);
    return name;
  });
  return list.filter((name) => name !== undefined);
}
