import { join, resolve } from "node:path";
import type { ApplicationService, ServiceType } from "./application.ts";
import { earlierKeys } from "./earlier-keys.ts";
import { KeyedMap } from "./keyed-map.ts";
import { readEnvironment } from "./read-environment.ts";
import { type Messages, readNamespace } from "./read-messages.ts";
import { routeOf } from "./read-routes.ts";
import {
  emptyService,
  readDescription,
  readExocomData,
  readMessagesOnly,
  readService,
  type ServiceFile,
} from "./read-service.ts";
import { isFolder, type SourceFiles } from "./source-files.ts";
import type { YamlValue } from "./yaml-value.ts";

/** What application.yml says about a service before its own keys. */
export interface Entry {
  readonly role: string;
  readonly value: YamlValue;
  /** The level that it is listed under, where services are grouped by level. */
  readonly level: ServiceType | undefined;
}

/** Reads `services.<role>` of application.yml and the service.yml that it leads to. `root` is the folder of the former. */
export function readEntry(entry: Entry, root: string, files: SourceFiles): ApplicationService | undefined {
  const map = KeyedMap.of(entry.value);
  if (map === undefined) return undefined;
  const location = map.get("location");
  const image = map.get("docker-image");
  if (location && image) image.refuseKey("excludes 'location'; keep one of them");
  if (!location && !image) entry.value.refuse("lacks a 'location' or a 'docker-image'; say where the service is");
  const translations = map.getOne(map.get("translations"), map.get("message-translation"), readLaterTranslations(map));
  const path = location?.text();
  const directory = path === undefined ? undefined : join(root, path);
  const file = directory === undefined ? undefined : readServiceFile(directory, location, files);
  const service = location ? withoutOwnWords(map, file ?? emptyService) : readInline(map);
  const messages = withNamespace(service.messages, map.get("namespace"));
  const environment = { ...service.environment, ...readEnvironment(map.get("environment")) };
  map.close(earlierKeys.entry);
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
    route: routeOf(entry.role, messages, translations, entry.value),
  };
}

/** The spelling of 2017: `dependency-data.exocom.translations`. */
function readLaterTranslations(map: KeyedMap): YamlValue | undefined {
  const data = KeyedMap.of(readExocomData(map));
  const translations = data?.get("translations");
  data?.close();
  return translations;
}

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
function readInline(map: KeyedMap): ServiceFile {
  return { ...emptyService, ...readDescription(map), messages: readMessagesOnly(map.get("messages")) };
}

function withoutOwnWords(map: KeyedMap, service: ServiceFile): ServiceFile {
  for (const key of ["type", "description", "messages"]) {
    map.get(key)?.refuseKey("belongs in the service's service.yml; move it there");
  }
  return service;
}

function withNamespace(messages: Messages, value: YamlValue | undefined): Messages {
  const namespace = value && readNamespace(value);
  if (namespace === undefined) return messages;
  if (messages.namespace !== undefined && messages.namespace !== namespace) {
    value?.refuse(`differs from the service's own namespace '${messages.namespace}'; keep one of them`);
  }
  return { ...messages, namespace };
}
