import type { Route, RouteTable } from "./application.ts";
import { KeyedMap } from "./keyed-map.ts";
import { MapDeclaration } from "./map-declaration.ts";
import { Mistakes } from "./mistakes.ts";
import { roleNameMistake } from "./names.ts";
import { namespaceTranslations } from "./namespace.ts";
import { type Messages, messageKeys, readMessages } from "./read-messages.ts";
import { readTranslations, translationsForm } from "./read-translations.ts";
import { YamlSource } from "./yaml-source.ts";
import { YamlValue } from "./yaml-value.ts";

const routeKeys = new MapDeclaration({
  ...messageKeys,
  translations: { form: translationsForm, does: "names that the role uses for messages which the bus calls otherwise" },
});

/**
 * Reads routes given as JSON: `{"<role>": {"receives": [], "sends": [], "translations": [{"public", "internal"}]}}`, and
 * optionally a `namespace`, as in a service.yml.
 * `origin` says in mistakes where the text came from: `--routes routes.json`, `SERVICE_DATA`.
 *
 * @throws ApplicationError with every mistake
 */
export function parseRoutes(text: string, origin: string): RouteTable {
  const mistakes = new Mistakes();
  const source = isJson(text, origin, mistakes) ? YamlSource.parse(text, origin, mistakes) : undefined;
  const routes = new Map<string, Route>();
  for (const [role, value] of (source && YamlValue.root(source).entries()) ?? []) {
    checkRole(role, value);
    routes.set(role, readRoute(role, value));
  }
  mistakes.throwIfAny();
  return routes;
}

/** Adds a mistake if the key of `value` is not fit to be a role's name. */
export function checkRole(role: string, value: YamlValue): void {
  const mistake = roleNameMistake(role);
  if (mistake !== undefined) value.refuseKey(`as the name of a role, '${role}' ${mistake}`);
}

/** What a role sends and receives, together with its translations. `value` is where it is described. */
export function routeOf(
  role: string,
  { sends, receives, namespace }: Messages,
  translations: YamlValue | undefined,
  value: YamlValue,
): Route {
  const names = new Set([...sends, ...receives.map(({ name }) => name)]);
  const exact = readTranslations(translations, names);
  for (const { internal } of exact) names.delete(internal);
  const received = new Set(receives.map(({ name }) => name));
  for (const { public: name, internal } of exact) {
    // Whoever receives one message under two names would be given it under one of them.
    if (!received.has(internal) || !received.has(name) || !names.has(name)) continue;
    value.refuse(`'${internal}' is '${name}' outside by its translation, and so is '${name}'; rename one of them`);
  }
  const byNamespace =
    namespace === undefined || namespace === role ? [] : namespaceTranslations(role, namespace, names);
  for (const { internal } of byNamespace) names.delete(internal);
  const taken = new Set([...names, ...exact.map((translation) => translation.public)]);
  for (const { public: name, internal } of byNamespace) {
    if (!taken.has(name)) continue;
    value.refuse(
      `'${internal}' is '${name}' outside by its namespace, as is another name of this role; rename one of them`,
    );
  }
  return { sends, receives, translations: [...exact, ...byNamespace] };
}

function readRoute(role: string, value: YamlValue): Route {
  const map = KeyedMap.of(value, routeKeys);
  if (map === undefined) return { sends: [], receives: [], translations: [] };
  return routeOf(role, readMessages(map), map.get("translations"), value);
}

/** YAML would accept more than JSON does, and a file that others read as well should not pass only here. */
function isJson(text: string, file: string, mistakes: Mistakes): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    mistakes.refuse({ file }, `is not valid JSON: ${(error as Error).message}; mend the syntax`);
    return false;
  }
}
