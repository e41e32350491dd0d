import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { SettingsError } from "@exosphere/runtime";
import { ApplicationError, parseRoutes, type RouteTable, readApplication } from "@exosphere/runtime/application";
import type { BrokerConfig } from "./config.ts";

/** The routes of a broker, and what was noticed in reading them. */
export interface FoundRoutes {
  readonly routes: RouteTable;
  readonly warnings: readonly string[];
  /** For the log: where they come from. */
  readonly origin: string;
  /** The absolute paths of the files that they come from, for watching. */
  readonly files: readonly string[];
}

/** Where routes come from. */
export type RoutesSettings = Pick<BrokerConfig, "app" | "routes" | "serviceData">;

/**
 * Reads the routes from where the settings say. Throws a SettingsError if they say nothing, or several things, and an
 * ApplicationError with every mistake if the routes are broken.
 */
export function readRoutes({ app, routes, serviceData }: RoutesSettings): FoundRoutes {
  const given = [app && "--app", routes && "--routes", serviceData && "SERVICE_DATA"].filter(Boolean);
  if (given.length !== 1) {
    const what = given.length === 0 ? "no routes are given" : `${given.join(" and ")} are given`;
    throw new SettingsError([`${what}: give one of --app application.yml, --routes FILE or the variable SERVICE_DATA`]);
  }
  if (app) return ofApplication(app);
  if (routes) return ofFile(routes);
  return {
    routes: parseRoutes(serviceData as string, "SERVICE_DATA"),
    warnings: [],
    origin: "SERVICE_DATA",
    files: [],
  };
}

function ofApplication(path: string): FoundRoutes {
  const { routes, warnings, file, files } = readApplication(path);
  return { routes, warnings, origin: file, files };
}

function ofFile(path: string): FoundRoutes {
  const files = [resolve(path)];
  const text = readText(path, files);
  return { routes: parseRoutes(text, `--routes ${path}`), warnings: [], origin: path, files };
}

function readText(path: string, files: readonly string[]): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code = "unknown reason" } = error as NodeJS.ErrnoException;
    throw new ApplicationError([`--routes ${path}: cannot be read (${code}); check its path and permissions`], files);
  }
}
