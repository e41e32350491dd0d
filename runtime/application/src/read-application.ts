import { dirname, join, resolve } from "node:path";
import type { Application, ApplicationService, Route, RouteTable, ServiceType } from "./application.ts";
import { earlierKeys } from "./earlier-keys.ts";
import { structure, text, words } from "./form.ts";
import { KeyedMap } from "./keyed-map.ts";
import { MapDeclaration } from "./map-declaration.ts";
import { roleKeySchema } from "./names.ts";
import { deployKeys, readDeploy } from "./read-deploy.ts";
import { type Entry, readEntry } from "./read-entry.ts";
import { type Gateway, gatewayKeys, readGateway } from "./read-gateway.ts";
import { checkRole } from "./read-routes.ts";
import { isFolder, SourceFiles } from "./source-files.ts";
import { YamlValue } from "./yaml-value.ts";

const levels: readonly ServiceType[] = ["public", "private", "worker"];

const service = { $ref: "#/definitions/service" };

/** Groups of services by level: the keys are levels, and there are maps in them, as of services in a map. */
const grouped = {
  type: "object",
  minProperties: 1,
  propertyNames: { enum: levels },
  additionalProperties: { type: ["object", "null"], additionalProperties: { type: "object" } },
};

const servicesForm = structure({
  type: "object",
  if: grouped,
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { additionalProperties: { propertyNames: roleKeySchema, additionalProperties: service } },
  else: { propertyNames: roleKeySchema, additionalProperties: service },
});

/** The keys of application.yml. */
export const applicationKeys = new MapDeclaration(
  {
    name: { form: text, does: "the application's name", need: "write the application's name" },
    description: { form: words, does: "for people" },
    version: { form: words, does: "the application's own version, as it is written" },
    services: { form: servicesForm, does: "the services, by the names of their roles" },
    gateway: { form: structure(gatewayKeys.schema), does: "the gateway for browsers, phones and curl" },
    deploy: { form: structure(deployKeys.schema), does: "how `exo deploy` deploys the application" },
  },
  { ignored: earlierKeys.application },
);

/**
 * Reads application.yml, or the one in a folder, and the service.yml files that it leads to.
 *
 * @throws ApplicationError with every mistake of all files, each naming file, line and key
 */
export function readApplication(path: string): Application {
  const files = new SourceFiles();
  const file = isFolder(path) || !/\.ya?ml$/.test(path) ? join(path, "application.yml") : path;
  const source = files.open(file);
  const map = source && KeyedMap.of(YamlValue.root(source), applicationKeys);
  const application = map && readMap(map, file, files);
  files.mistakes.throwIfAny(files.paths);
  if (application === undefined) throw new Error(`${file} is neither right nor wrong`); // every way there is a mistake
  return { ...application, files: files.paths, warnings: files.mistakes.warnings };
}

function readMap(
  map: KeyedMap<typeof applicationKeys.keys>,
  file: string,
  files: SourceFiles,
): Omit<Application, "files" | "warnings"> {
  const name = map.read("name") ?? "";
  const description = map.read("description") ?? "";
  const version = map.read("version") ?? "";
  const entries = readEntries(map.get("services"));
  const services = entries.flatMap((entry) => readEntry(entry, dirname(file), files) ?? []);
  const gateway = readGateway(map.get("gateway"), services);
  return {
    file: resolve(file),
    root: dirname(resolve(file)),
    name,
    description,
    version,
    services,
    gateway: gateway && { role: gateway.role, clients: gateway.clients },
    deploy: readDeploy(map.get("deploy")),
    routes: routeTable(services, gateway),
  };
}

/** The services, whether listed at once or, as in 2016, grouped by protection level. */
function readEntries(value: YamlValue | undefined): Entry[] {
  const byRole = new Map<string, Entry>();
  const services = value?.entries() ?? new Map<string, YamlValue>();
  for (const [level, roles] of isGrouped(services) ? levelsOf(services) : [[undefined, services] as const]) {
    for (const [role, value] of roles) {
      checkRole(role, value);
      if (byRole.has(role)) value.refuseKey("is a role already; rename one of them");
      else byRole.set(role, { role, value, level });
    }
  }
  return [...byRole.values()];
}

/** Services may be called `public` too: these are groups only if they hold nothing but maps. */
function isGrouped(services: ReadonlyMap<string, YamlValue>): boolean {
  if (services.size === 0) return false;
  return [...services].every(
    ([key, value]) =>
      levels.some((level) => level === key) &&
      (value.isEmpty || (value.isMap && [...(value.entries() ?? [])].every(([, entry]) => entry.isMap))),
  );
}

function levelsOf(services: ReadonlyMap<string, YamlValue>) {
  return levels.map((level) => {
    const group = services.get(level);
    return [level, (group?.isEmpty ? undefined : group?.entries()) ?? new Map<string, YamlValue>()] as const;
  });
}

function routeTable(services: readonly ApplicationService[], gateway: Gateway | undefined): RouteTable {
  const routes = new Map<string, Route>(services.map(({ role, route }) => [role, route]));
  if (gateway?.route) routes.set(gateway.role, gateway.route);
  return routes;
}
