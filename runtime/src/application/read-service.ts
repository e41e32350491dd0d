import type { ServiceType, Startup } from "./application.ts";
import { earlierKeys } from "./earlier-keys.ts";
import { KeyedMap } from "./keyed-map.ts";
import { type Environment, readEnvironment } from "./read-environment.ts";
import { type Messages, noMessages, readMessages } from "./read-messages.ts";
import type { YamlSource } from "./yaml-source.ts";
import { YamlValue } from "./yaml-value.ts";

/** What a service.yml says. */
export interface ServiceFile {
  readonly type: ServiceType | undefined;
  readonly description: string;
  readonly startup: Startup | undefined;
  readonly tests: string | undefined;
  readonly environment: Environment;
  readonly messages: Messages;
}

/** A service that says nothing about itself. */
export const emptyService: ServiceFile = {
  type: undefined,
  description: "",
  startup: undefined,
  tests: undefined,
  environment: {},
  messages: noMessages,
};

/** Reads service.yml, in today's spelling or the later one of 2017 and 2018. */
export function readService(source: YamlSource): ServiceFile {
  const root = YamlValue.root(source);
  const map = root.isEmpty ? undefined : KeyedMap.of(root);
  if (map === undefined) return emptyService;
  const scripts = readScripts(map.get("development"));
  const service = {
    ...readDescription(map),
    startup: readStartup(map, scripts?.get("run")),
    tests: map.getOne(map.get("tests"), scripts?.get("test"))?.text(),
    environment: readEnvironment(map.get("environment")),
    messages: readMessagesOnly(map.getOne(map.get("messages"), readExocomData(map))),
  };
  scripts?.close(earlierKeys.scripts);
  map.close(earlierKeys.service);
  return service;
}

/** Reads `type` and `description`. */
export function readDescription(map: KeyedMap): Pick<ServiceFile, "type" | "description"> {
  return {
    type: map.get("type")?.oneOf(["public", "private", "worker"] as const),
    description: map.get("description")?.words() ?? "",
  };
}

/** Reads a map of `sends`, `receives` and `namespace` and nothing else. */
export function readMessagesOnly(value: YamlValue | undefined): Messages {
  const map = KeyedMap.of(value);
  if (map === undefined) return noMessages;
  const messages = readMessages(map);
  map.close();
  return messages;
}

/** Reads the way to `dependency-data.exocom`, where messages stood in 2017 and 2018. */
export function readExocomData(map: KeyedMap): YamlValue | undefined {
  const data = KeyedMap.of(map.get("dependency-data"));
  const value = data?.get("exocom");
  data?.close(earlierKeys.dependencyData);
  return value;
}

function readScripts(development: YamlValue | undefined): KeyedMap | undefined {
  const map = KeyedMap.of(development);
  const scripts = KeyedMap.of(map?.get("scripts"));
  map?.close(earlierKeys.development);
  return scripts;
}

function readStartup(map: KeyedMap, run: YamlValue | undefined): Startup | undefined {
  const value = map.getOne(map.get("startup"), run);
  if (value === undefined) return undefined;
  if (value === run) return startupOf(run.text(), undefined);
  const startup = KeyedMap.of(value);
  const command = startup?.need("command", "write the shell command that starts the service")?.text();
  const onlineText = startup?.get("online-text")?.text();
  startup?.close();
  return startupOf(command, onlineText);
}

function startupOf(command: string | undefined, onlineText: string | undefined): Startup | undefined {
  return command === undefined ? undefined : { command, onlineText };
}
