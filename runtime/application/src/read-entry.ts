import { join, resolve } from "node:path";
import type { ApplicationService, ServiceType } from "./application.ts";
import { earlierKeys } from "./earlier-keys.ts";
import { integer, structure, text } from "./form.ts";
import { KeyedMap, oneSpelling } from "./keyed-map.ts";
import { atMostOne, given, MapDeclaration } from "./map-declaration.ts";
import { readServiceDeploy, serviceDeployKeys } from "./read-deploy.ts";
import { environmentForm, readEnvironment } from "./read-environment.ts";
import { type Messages, messagesForm, namespaceName } from "./read-messages.ts";
import { routeOf } from "./read-routes.ts";
import { emptyService, readDescription, readMessagesOnly, readService, type ServiceFile } from "./read-service.ts";
import { translationsForm } from "./read-translations.ts";
import { descriptionKeys } from "./service-keys.ts";
import { isFolder, type SourceFiles } from "./source-files.ts";
import type { YamlValue } from "./yaml-value.ts";

/** What application.yml says about a service before its own keys. */
export interface Entry {
  readonly role: string;
  readonly value: YamlValue;
  /** The level that it is listed under, where services are grouped by level. */
  readonly level: ServiceType | undefined;
}

/** The spelling of 2017: `dependency-data.exocom.translations`. */
const exocomKeys = new MapDeclaration({
  translations: { form: translationsForm, does: "", today: "translations" },
});

const dependencyKeys = new MapDeclaration(
  { exocom: { form: structure(exocomKeys.schema), does: "translations, in the spelling of 2017" } },
  { ignored: "any other" },
);

const inline = ["type", "description", "messages"] as const;

/** The keys of `services.<role>` in application.yml. */
export const entryKeys = new MapDeclaration(
  {
    location: {
      form: text,
      does: "folder of the service, from that of application.yml. Each service has this or `docker-image`",
    },
    "docker-image": {
      form: text,
      does: "image of a service that has no folder here. Its `type`, `description` and `messages` stand beside",
    },
    translations: {
      form: translationsForm,
      does: "names that the role uses for messages which the bus calls otherwise. The exact name is translated, both ways; payloads are not touched",
    },
    "message-translation": { form: translationsForm, does: "", today: "translations" },
    "dependency-data": { form: structure(dependencyKeys.schema), does: "translations, in the spelling of 2017" },
    namespace: { form: namespaceName, does: "as `messages.namespace` of service.yml" },
    instances: {
      form: integer(1, 100),
      does: "how many instances run: as processes of `exo run`, and as replicas where the application is deployed",
    },
    environment: {
      form: environmentForm,
      does: "variables of the service's process, beside and above those of service.yml",
    },
    deploy: { form: structure(serviceDeployKeys.schema), does: "how `exo deploy` deploys the service" },
    type: { ...descriptionKeys.type, does: "with `docker-image` alone: as `type` of service.yml" },
    description: { ...descriptionKeys.description, does: "with `docker-image` alone: as in service.yml" },
    messages: { form: messagesForm, does: "with `docker-image` alone: as in service.yml" },
  },
  {
    ignored: earlierKeys.entry,
    rules: [
      { anyOf: [given("location"), given("docker-image")] },
      atMostOne("excludes '*'; keep one of them", ["location"], ["docker-image"]),
      ...inline.map((key) => atMostOne("belongs in the service's service.yml; move it there", ["location"], [key])),
      atMostOne(
        "says the same as '*'; keep one of them",
        ["translations"],
        ["message-translation"],
        ["dependency-data", "exocom", "translations"],
      ),
    ],
  },
);

/** Reads `services.<role>` of application.yml and the service.yml that it leads to. `root` is the folder of the former. */
export function readEntry(entry: Entry, root: string, files: SourceFiles): ApplicationService | undefined {
  const map = KeyedMap.of(entry.value, entryKeys);
  if (map === undefined) return undefined;
  const location = map.get("location");
  const image = map.get("docker-image");
  if (location && image) image.refuseKey("excludes 'location'; keep one of them");
  if (!location && !image) entry.value.refuse("lacks a 'location' or a 'docker-image'; say where the service is");
  const exocom = KeyedMap.of(KeyedMap.of(map.get("dependency-data"), dependencyKeys)?.get("exocom"), exocomKeys);
  const translations = oneSpelling(
    map.get("translations"),
    map.get("message-translation"),
    exocom?.get("translations"),
  );
  const path = location?.text();
  const directory = path === undefined ? undefined : join(root, path);
  const file = directory === undefined ? undefined : readServiceFile(directory, location, files);
  const service = location ? withoutOwnWords(map, file ?? emptyService) : readInline(map);
  const messages = withNamespace(service.messages, map);
  const environment = { ...service.environment, ...readEnvironment(map.get("environment")) };
  const instances = map.read("instances");
  return {
    role: entry.role,
    directory: directory === undefined ? undefined : resolve(directory),
    dockerImage: image?.text(),
    type: service.type ?? entry.level ?? "private",
    description: service.description,
    startup: service.startup,
    port: service.port,
    tests: service.tests,
    environment,
    deploy: readServiceDeploy(map.get("deploy")),
    ...(instances !== undefined && { instances }),
    route: routeOf(entry.role, messages, translations, entry.value),
  };
}

type EntryMap = KeyedMap<typeof entryKeys.keys>;

function readServiceFile(directory: string, location: YamlValue | undefined, files: SourceFiles) {
  if (!isFolder(directory)) {
    files.missed(join(directory, "service.yml"));
    location?.refuse(`there is no folder '${directory}'; create it or correct the location`);
    return undefined;
  }
  const source = files.open(join(directory, "service.yml"));
  return source && readService(source);
}

/** A service without a folder here, a docker image, has no service.yml: it is described where it is listed. */
function readInline(map: EntryMap): ServiceFile {
  return { ...emptyService, ...readDescription(map), messages: readMessagesOnly(map.get("messages")) };
}

function withoutOwnWords(map: EntryMap, service: ServiceFile): ServiceFile {
  for (const key of inline) {
    map.get(key)?.refuseKey("belongs in the service's service.yml; move it there");
  }
  return service;
}

function withNamespace(messages: Messages, map: EntryMap): Messages {
  const namespace = map.read("namespace");
  if (namespace === undefined) return messages;
  if (messages.namespace !== undefined && messages.namespace !== namespace) {
    map.get("namespace")?.refuse(`differs from the service's own namespace '${messages.namespace}'; keep one of them`);
  }
  return { ...messages, namespace };
}
