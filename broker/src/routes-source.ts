import { readFileSync } from "node:fs";
import { SettingsError } from "@exosphere/runtime";
import { type Application, parseRoutes, type RouteTable, readApplication } from "@exosphere/runtime/application";
import type { BrokerConfig } from "./config.ts";

/** The routes of a broker, and what was noticed in reading them. */
export interface FoundRoutes {
  readonly routes: RouteTable;
  readonly warnings: readonly string[];
  /** For the log: where they come from. */
  readonly origin: string;
}

/** Reads the routes from where the settings say. Throws a SettingsError if they say nothing, or several things. */
export function readRoutes({ app, routes, serviceData }: BrokerConfig): FoundRoutes {
  const given = [app && "--app", routes && "--routes", serviceData && "SERVICE_DATA"].filter(Boolean);
  if (given.length !== 1) {
    const what = given.length === 0 ? "no routes are given" : `${given.join(" and ")} are given`;
    throw new SettingsError([`${what}: give one of --app application.yml, --routes FILE or the variable SERVICE_DATA`]);
  }
  if (app) return ofApplication(readApplication(app));
  if (routes)
    return { routes: parseRoutes(readFileSync(routes, "utf8"), `--routes ${routes}`), warnings: [], origin: routes };
  return { routes: parseRoutes(serviceData as string, "SERVICE_DATA"), warnings: [], origin: "SERVICE_DATA" };
}

function ofApplication({ routes, warnings, file }: Application): FoundRoutes {
  return { routes, warnings, origin: file };
}
