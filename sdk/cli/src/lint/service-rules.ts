import { join } from "node:path";
import { type Application, type ClientNames, locate, SchemaFolder, schemaFolder } from "@exosphere/application";
import { didYouMean, SettingsError } from "@exosphere/settings";
import { schemaFileMistakes, schemaFoldersOf } from "../types/schema-files.ts";
import { placeOfMessage } from "./bus-names.ts";
import type { Finding } from "./finding.ts";

/** Finds services that cannot be started, or are not tested. A docker image is started and tested elsewhere. */
export function incompleteServices({ services }: Application): Finding[] {
  return services.flatMap(({ role, directory, startup, tests }) => {
    if (directory === undefined) return [];
    const file = join(directory, "service.yml");
    const finding = (rule: "no-startup" | "no-tests", text: string): Finding => ({
      rule,
      severity: "warning",
      file,
      text,
    });
    return [
      ...(startup
        ? []
        : [finding("no-startup", `${role} has no startup command, and is not started; write 'startup: {command: …}'`)]),
      ...(tests ? [] : [finding("no-tests", `${role} has no tests; write 'tests: …', the command that runs them`)]),
    ];
  });
}

/** Finds translations of a name to itself. One that stands against the role's namespace changes something. */
export function uselessTranslations({ file, services }: Application): Finding[] {
  return services.flatMap(({ role, route: { translations } }) =>
    translations
      .filter(({ public: outside, internal }) => outside === internal && !hasNamespace(internal, translations))
      .map(({ internal }): Finding => {
        const text = `${role} calls '${internal}' what the bus calls it; remove the translation`;
        const place = locate(file, { under: role, key: "internal", value: internal });
        return { rule: "useless-translation", severity: "warning", file, ...place, text };
      }),
  );
}

function hasNamespace(
  name: string,
  translations: readonly { readonly public: string; readonly internal: string }[],
): boolean {
  const prefix = (text: string) => text.split(/\.|: |\//)[0];
  return translations.some((other) => other.internal !== name && prefix(other.internal) === prefix(name));
}

/** Finds messages of the gateway's role that no client may send, or get. */
export function unusedRights(application: Application): Finding[] {
  const { gateway, routes } = application;
  const route = gateway && routes.get(gateway.role);
  // A role of a service sends for itself as well.
  if (!route || application.services.some(({ role }) => role === gateway.role)) return [];
  const { anonymous, users, scopes } = gateway.clients;
  const rights = [anonymous, users, ...scopes.values()];
  const unused = (key: "sends" | "receives", names: readonly string[], verb: string) =>
    names
      .filter((name) => !rights.some((right) => includes(right[key], name)))
      .map((name): Finding => {
        const text = `no client may ${verb} '${name}'; add it to 'clients', or remove it here`;
        return {
          rule: "unused-right",
          severity: "warning",
          text,
          ...placeOfMessage(application, gateway.role, key, name),
        };
      });
  const received = route.receives.map(({ name }) => name);
  return [...unused("sends", route.sends, "send"), ...unused("receives", received, "get")];
}

function includes(names: ClientNames, name: string): boolean {
  return names === "all" || names.includes(name);
}

/** Finds schemas that are none, and those of messages that their service does not have. */
export async function wrongSchemas(application: Application): Promise<Finding[]> {
  const mistakes = await schemaFileMistakes(schemaFoldersOf(application));
  const invalid = mistakes.map((mistake): Finding => {
    const [file = "", ...text] = mistake.split(/: (.*)/s);
    return { rule: "invalid-schema", severity: "error", file, text: `${text.join("").trim()}; mend the schema` };
  });
  return [...invalid, ...application.services.flatMap(unusedSchemas)];
}

function unusedSchemas({ directory, route }: Application["services"][number]): Finding[] {
  if (directory === undefined) return [];
  const names = [...route.sends, ...route.receives.map(({ name }) => name)];
  return schemasIn(join(directory, schemaFolder), new Set(names)).map(({ file, name }): Finding => {
    const text = `is for '${name}', which the service neither sends nor receives${didYouMean(name, names)}; rename or remove it`;
    return { rule: "unused-schema", severity: "warning", file, text };
  });
}

function schemasIn(folder: string, known: ReadonlySet<string>) {
  try {
    return new SchemaFolder(folder).others(known);
  } catch (error) {
    if (error instanceof SettingsError) return []; // found as invalid
    throw error;
  }
}
