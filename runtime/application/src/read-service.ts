import { didYouMean } from "@exosphere/settings";
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
  /** The port that the app itself serves people on. */
  readonly port: number | undefined;
  readonly tests: string | undefined;
  readonly environment: Environment;
  readonly messages: Messages;
}

/** A service that says nothing about itself. */
export const emptyService: ServiceFile = {
  type: undefined,
  description: "",
  startup: undefined,
  port: undefined,
  tests: undefined,
  environment: {},
  messages: noMessages,
};

/** Reads service.yml, in today's spelling or the later one of 2017 and 2018. */
export function readService(source: YamlSource): ServiceFile {
  const root = YamlValue.root(source);
  const map = root.isEmpty ? undefined : KeyedMap.of(root);
  if (map === undefined) return emptyService;
  const { scripts, port } = readDevelopment(map.get("development"));
  const service = {
    ...readDescription(map),
    startup: readStartup(map, scripts?.get("run")),
    port,
    tests: readTests(map.get("tests"), scripts?.get("test")),
    environment: readEnvironment(map.get("environment")),
    messages: readMessagesOnly(map.getOne(map.get("messages"), readExocomData(map))),
  };
  scripts?.close(earlierKeys.scripts);
  map.close(earlierKeys.service);
  return service;
}

/** Reads `type` and `description`. */
export function readDescription(map: KeyedMap): Pick<ServiceFile, "type" | "description"> {
  return { type: readType(map.get("type")), description: map.get("description")?.words() ?? "" };
}

const serviceTypes: readonly ServiceType[] = ["public", "private", "worker"];

/** In 2016 `type` was the kind of service that a folder held, by a name of the author's own: ignored, unless it looks misspelt. */
function readType(value: YamlValue | undefined): ServiceType | undefined {
  const name = value?.isText ? value.text() : undefined;
  const isKind = name !== undefined && !serviceTypes.some((type) => type === name) && !didYouMean(name, serviceTypes);
  if (!isKind) return value?.oneOf(serviceTypes);
  value?.ignore();
  return undefined;
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

function readDevelopment(development: YamlValue | undefined) {
  const map = KeyedMap.of(development);
  const scripts = KeyedMap.of(map?.get("scripts"));
  const port = map?.get("port")?.integer(1, 65_535);
  map?.close(earlierKeys.development);
  return { scripts, port };
}

/** Where both spellings say how to test, the later one is for tools of its time. */
function readTests(value: YamlValue | undefined, script: YamlValue | undefined): string | undefined {
  if (value !== undefined) script?.ignore();
  return (value ?? script)?.text();
}

function readStartup(map: KeyedMap, run: YamlValue | undefined): Startup | undefined {
  const value = map.get("startup");
  if (value === undefined) return startupOf(run?.text(), undefined);
  const startup = KeyedMap.of(value);
  const own = startup?.get("command");
  const command =
    startup?.getOne(own, run) ?? startup?.need("command", "write the shell command that starts the service");
  const onlineText = startup?.get("online-text")?.text();
  startup?.close();
  return startupOf(command?.text(), onlineText);
}

function startupOf(command: string | undefined, onlineText: string | undefined): Startup | undefined {
  return command === undefined ? undefined : { command, onlineText };
}
