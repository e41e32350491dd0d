import type { ApplicationService, GatewaySection, Route } from "./application.ts";
import { type Form, structure } from "./form.ts";
import { KeyedMap } from "./keyed-map.ts";
import { given, MapDeclaration } from "./map-declaration.ts";
import { roleNameSchema } from "./names.ts";
import { clientsKeys, readClients } from "./read-clients.ts";
import { messageKeys, messagesForm, messagesOnly, readMessages } from "./read-messages.ts";
import { checkRole, routeOf } from "./read-routes.ts";
import { translationsForm } from "./read-translations.ts";
import type { YamlValue } from "./yaml-value.ts";

/** The role that the gateway plays, and what clients may send and get in it. */
export interface Gateway extends GatewaySection {
  /** Undefined: the role is one of the services', which says so itself. */
  readonly route: Route | undefined;
}

const roleName: Form<string> = {
  schema: roleNameSchema,
  read(value) {
    const role = value.text();
    if (role !== undefined) checkRole(role, value);
    return role;
  },
};

/** The keys of `gateway` in application.yml. */
export const gatewayKeys = new MapDeclaration(
  {
    role: {
      form: roleName,
      does: "the role that the gateway plays: one of the services', or one of its own, whose messages stand beside",
      need: "name the role that the gateway plays",
    },
    namespace: { ...messageKeys.namespace, does: "as in service.yml" },
    receives: {
      ...messageKeys.receives,
      does: "messages that clients can get at all; items as in `messages.receives` of service.yml",
    },
    sends: { ...messageKeys.sends, does: "messages that clients can send at all" },
    messages: {
      form: messagesForm,
      does: "the three together, in place of them, as in service.yml",
    },
    translations: { form: translationsForm, does: "as of a service" },
    clients: {
      form: structure(clientsKeys.schema),
      does: "which clients may do what; what is not listed is not allowed",
    },
  },
  { rules: [{ not: { allOf: [given("messages"), { anyOf: [listed("sends"), listed("receives")] }] } }] },
);

/** Reads `gateway` of application.yml. Its `sends` and `receives` stand in it directly or in its `messages`. */
export function readGateway(
  value: YamlValue | undefined,
  services: readonly ApplicationService[],
): Gateway | undefined {
  const map = KeyedMap.of(value, gatewayKeys);
  if (map === undefined) return undefined;
  const role = map.read("role");
  const roleValue = map.get("role");
  const route = readRoute(role ?? "", map, value as YamlValue);
  const service = services.find((each) => each.role === role);
  const clients = readClients(map.get("clients"), namesOf(service?.route ?? route));
  if (role === undefined || roleValue === undefined) return undefined;
  const isSilent = route.sends.length + route.receives.length + route.translations.length === 0;
  if (service && !isSilent) roleValue.refuse(`'${role}' is a service with messages of its own; choose another role`);
  if (!service && isSilent) roleValue.warn("neither sends nor receives anything, so clients can do nothing");
  return { role, clients, route: service ? undefined : route };
}

function readRoute(role: string, map: KeyedMap<typeof gatewayKeys.keys>, where: YamlValue): Route {
  const direct = readMessages(map);
  const value = map.get("messages");
  const inner = KeyedMap.of(value, messagesOnly);
  if (inner && direct.sends.length + direct.receives.length > 0) {
    value?.refuseKey("is there beside 'sends' or 'receives'; keep one of them");
  }
  return routeOf(role, inner ? readMessages(inner) : direct, map.get("translations"), where);
}

function namesOf({ sends, receives }: Route) {
  return { sends: new Set(sends), receives: new Set(receives.map(({ name }) => name)) };
}

/** Holds where a list has an item. */
function listed(key: string) {
  return { required: [key], properties: { [key]: { type: "array", minItems: 1 } } };
}
