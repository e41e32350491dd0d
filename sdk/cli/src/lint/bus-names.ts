import { join } from "node:path";
import { type Application, locate, type Route } from "@exosphere/application";

/** A message as one role has it. */
export interface RoleMessage {
  readonly role: string;
  /** As the role calls it. */
  readonly name: string;
  /** As the bus calls it. */
  readonly publicName: string;
}

/** Who sends and who receives what, by the names of the bus. */
export interface BusNames {
  readonly sends: readonly RoleMessage[];
  readonly receives: readonly RoleMessage[];
}

/** What all roles of an application say and hear. */
export function busNames({ routes }: Application): BusNames {
  const [sends, receives]: [RoleMessage[], RoleMessage[]] = [[], []];
  for (const [role, route] of routes) {
    for (const name of route.sends) sends.push({ role, name, publicName: publicName(name, route) });
    for (const { name } of route.receives) receives.push({ role, name, publicName: publicName(name, route) });
  }
  return { sends, receives };
}

function publicName(name: string, { translations }: Route): string {
  return translations.find(({ internal }) => internal === name)?.public ?? name;
}

/** Where something of a role stands: its file, and the place in it if there is one. */
export interface RolePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Finds where a role names a message in a list, in its service.yml, or in application.yml if it has none. */
export function placeOfMessage(
  application: Application,
  role: string,
  key: "sends" | "receives",
  value: string,
): RolePlace {
  const directory = application.services.find((service) => service.role === role)?.directory;
  const file = directory === undefined ? application.file : join(directory, "service.yml");
  const under = directory === undefined ? { under: application.gateway?.role === role ? "gateway" : role } : {};
  return { file, ...locate(file, { key, value, ...under }) };
}
