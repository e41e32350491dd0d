import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Route, readApplication, readServiceRoute } from "@exosphere/application";

/** A message of a role: what the role calls it, and what it is called on the bus. */
export interface NamedMessage {
  readonly name: string;
  readonly publicName: string;
}

/** A service's folder, and the messages of the role that it plays. */
export interface ServiceMessages {
  readonly folder: string;
  readonly receives: readonly NamedMessage[];
  readonly sends: readonly NamedMessage[];
}

/** The services of a folder. */
export interface FoundServices {
  readonly services: readonly ServiceMessages[];
  /** The folder of the application, if it is one. */
  readonly application: string | undefined;
  /** Where schemas may be: the folders of the application and of all its services, whatever language these are in. */
  readonly folders: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * The services of an application that have JavaScript or TypeScript in their folder or its `src`, or the one service of a
 * folder. Throws an ApplicationError with everything that is wrong with their files.
 */
export function findServices(path: string): FoundServices {
  const folder = resolve(path);
  if (!existsSync(join(folder, "application.yml")) && existsSync(join(folder, "service.yml"))) {
    // Any name will do for the role: it is known from the application alone.
    return {
      services: [{ folder, ...namesOf(readServiceRoute("service", folder)) }],
      application: undefined,
      folders: [folder],
      warnings: [],
    };
  }
  const { root, services, warnings } = readApplication(folder);
  const byFolder = new Map<string, ServiceMessages>();
  for (const { directory, route } of services) {
    // The same service under two roles has the same names.
    if (directory !== undefined && !byFolder.has(directory) && hasScripts(directory))
      byFolder.set(directory, { folder: directory, ...namesOf(route) });
  }
  const folders = [...new Set([root, ...services.flatMap(({ directory }) => directory ?? [])])];
  return { services: [...byFolder.values()], application: root, folders, warnings };
}

function namesOf({ sends, receives, translations }: Route): Pick<ServiceMessages, "sends" | "receives"> {
  const publicNames = new Map(translations.map((each) => [each.internal, each.public]));
  const named = (name: string) => ({ name, publicName: publicNames.get(name) ?? name });
  return { sends: sends.map(named), receives: receives.map(({ name }) => named(name)) };
}

function hasScripts(folder: string): boolean {
  return [folder, join(folder, "src")].some(
    (place) => existsSync(place) && readdirSync(place).some((file) => /\.[cm]?[jt]sx?$/.test(file)),
  );
}
