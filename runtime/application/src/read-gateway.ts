import type { ApplicationService, GatewaySection, Route } from "./application.ts";
import { KeyedMap } from "./keyed-map.ts";
import { readClients } from "./read-clients.ts";
import { readMessages } from "./read-messages.ts";
import { checkRole, routeOf } from "./read-routes.ts";
import type { YamlValue } from "./yaml-value.ts";

/** The role that the gateway plays, and what clients may send and get in it. */
export interface Gateway extends GatewaySection {
  /** Undefined: the role is one of the services', which says so itself. */
  readonly route: Route | undefined;
}

/** Reads `gateway` of application.yml. Its `sends` and `receives` stand in it directly or in its `messages`. */
export function readGateway(
  value: YamlValue | undefined,
  services: readonly ApplicationService[],
): Gateway | undefined {
  const map = KeyedMap.of(value);
  if (map === undefined) return undefined;
  const roleValue = map.need("role", "name the role that the gateway plays");
  const role = roleValue?.text();
  const route = readRoute(role ?? "", map, value as YamlValue);
  const service = services.find((each) => each.role === role);
  const clients = readClients(map.get("clients"), namesOf(service?.route ?? route));
  map.close();
  if (role === undefined || roleValue === undefined) return undefined;
  checkRole(role, roleValue);
  const isSilent = route.sends.length + route.receives.length + route.translations.length === 0;
  if (service && !isSilent) roleValue.refuse(`'${role}' is a service with messages of its own; choose another role`);
  if (!service && isSilent) roleValue.warn("neither sends nor receives anything, so clients can do nothing");
  return { role, clients, route: service ? undefined : route };
}

function readRoute(role: string, map: KeyedMap, where: YamlValue): Route {
  const direct = readMessages(map);
  const value = map.get("messages");
  const inner = KeyedMap.of(value);
  if (inner && direct.sends.length + direct.receives.length > 0) {
    value?.refuseKey("is there beside 'sends' or 'receives'; keep one of them");
  }
  const messages = inner ? readMessages(inner) : direct;
  inner?.close();
  return routeOf(role, messages, map.get("translations"), where);
}

function namesOf({ sends, receives }: Route) {
  return { sends: new Set(sends), receives: new Set(receives.map(({ name }) => name)) };
}
