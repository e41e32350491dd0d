import type { ServiceTests, ServiceType, Startup } from "./application.ts";
import { KeyedMap, oneSpelling } from "./keyed-map.ts";
import { type Environment, readEnvironment } from "./read-environment.ts";
import { type Messages, messagesOnly, noMessages, readMessages } from "./read-messages.ts";
import { readTests } from "./read-tests.ts";
import {
  dependencyKeys,
  type descriptionKeys,
  developmentKeys,
  scriptsKeys,
  serviceKeys,
  startupKeys,
} from "./service-keys.ts";
import type { YamlSource } from "./yaml-source.ts";
import { YamlValue } from "./yaml-value.ts";

/** What a service.yml says. */
export interface ServiceFile {
  readonly type: ServiceType | undefined;
  readonly description: string;
  readonly startup: Startup | undefined;
  /** The port that the app itself serves people on. */
  readonly port: number | undefined;
  readonly tests: ServiceTests | undefined;
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
  const map = root.isEmpty ? undefined : KeyedMap.of(root, serviceKeys);
  if (map === undefined) return emptyService;
  const development = KeyedMap.of(map.get("development"), developmentKeys);
  const scripts = KeyedMap.of(development?.get("scripts"), scriptsKeys);
  const exocom = KeyedMap.of(map.get("dependency-data"), dependencyKeys)?.get("exocom");
  return {
    ...readDescription(map),
    startup: readStartup(map.get("startup"), scripts?.get("run")),
    port: development?.read("port"),
    tests: readTests(map.get("tests"), scripts?.get("test")),
    environment: readEnvironment(map.get("environment")),
    messages: readMessagesOnly(oneSpelling(map.get("messages"), exocom)),
  };
}

/** Reads `type` and `description`. */
export function readDescription(map: KeyedMap<typeof descriptionKeys>): Pick<ServiceFile, "type" | "description"> {
  return { type: map.read("type"), description: map.read("description") ?? "" };
}

/** Reads a map of `sends`, `receives` and `namespace` and nothing else. */
export function readMessagesOnly(value: YamlValue | undefined): Messages {
  const map = KeyedMap.of(value, messagesOnly);
  return map === undefined ? noMessages : readMessages(map);
}

function readStartup(value: YamlValue | undefined, run: YamlValue | undefined): Startup | undefined {
  if (value === undefined) return startupOf(run?.text(), undefined);
  const startup = KeyedMap.of(value, startupKeys);
  const command =
    startup &&
    (oneSpelling(startup.get("command"), run) ??
      startup.need("command", "write the shell command that starts the service"));
  return startupOf(command?.text(), startup?.read("online-text"));
}

function startupOf(command: string | undefined, onlineText: string | undefined): Startup | undefined {
  return command === undefined ? undefined : { command, onlineText };
}
