import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ApplicationError, parseRoutes, type RouteTable, readApplication } from "@exosphere/application";
import { mistakesOf, SettingsError, type SettingsFound } from "@exosphere/settings";
import type { BusConfig, busSettings } from "./bus-settings.ts";

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
export type RoutesSettings = Pick<BusConfig, "app" | "routes" | "serviceData">;

/**
 * Reads the routes from where the settings say. Throws a SettingsError if they say nothing, or several things, and an
 * ApplicationError with every mistake if the routes are broken.
 */
export function readRoutes({ app, routes, serviceData }: RoutesSettings): FoundRoutes {
  const sources = sourcesOf({ app: Boolean(app), routes: Boolean(routes), serviceData: Boolean(serviceData) });
  if (sources.length !== 1) throw new SettingsError([notOneSource(sources)]);
  if (app) return ofApplication(app);
  if (routes) return ofFile(routes);
  return {
    routes: parseRoutes(serviceData as string, "SERVICE_DATA"),
    warnings: [],
    origin: "SERVICE_DATA",
    files: [],
  };
}

/** The settings that routes come from. */
type RoutesFound = SettingsFound<Pick<typeof busSettings, "app" | "routes" | "serviceData">>;

/** What is wrong with the routes that the settings lead to, beside what could not be read of the settings. */
export function routesMistakes({ config: { app, routes, serviceData }, isGiven }: RoutesFound): string[] {
  const sources = sourcesOf({ app: isGiven("app"), routes: isGiven("routes"), serviceData: isGiven("serviceData") });
  const ofEach = [{ app }, { routes }, { serviceData }].filter((source) => Object.values(source).some(Boolean));
  const inThem = ofEach.flatMap((source) => mistakesOf(() => readRoutes({ ...noSource, ...source })));
  return sources.length === 1 ? inThem : [notOneSource(sources), ...inThem];
}

const noSource: RoutesSettings = { app: undefined, routes: undefined, serviceData: undefined };

function sourcesOf(given: Readonly<Record<keyof RoutesSettings, boolean>>): string[] {
  return [given.app && "--app", given.routes && "--routes", given.serviceData && "SERVICE_DATA"].filter(
    (source) => source !== false,
  );
}

/** What brokers of 2017 were started with. */
const earlierHint =
  '; SERVICE_ROUTES, the list of 2017, is not read any more: give its roles as SERVICE_DATA=\'{"<role>": {"receives": [], "sends": [], "translations": []}}\'';

function notOneSource(sources: readonly string[]): string {
  const what = sources.length === 0 ? "no routes are given" : `${sources.join(" and ")} are given`;
  const isEarlier = sources.length === 0 && process.env.SERVICE_ROUTES !== undefined;
  return `${what}: give one of --app application.yml, --routes FILE or the variable SERVICE_DATA${isEarlier ? earlierHint : ""}`;
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
