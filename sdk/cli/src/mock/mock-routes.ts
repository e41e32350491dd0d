import { readFileSync } from "node:fs";
import { parseRoutes, readApplication, readServiceRoute } from "@exosphere/application";
import { createTestBus, type TestBus, type TestBusOptions } from "@exosphere/sdk/testing";
import { mistakesOf, SettingsError, type SettingsFound } from "@exosphere/settings";
import type { MockConfig, mockSettings } from "./mock-settings.ts";

type Wanted = Pick<MockConfig, "role" | "service" | "application" | "routes" | "within" | "maxPayload">;

/** Makes the bus that the settings describe. Throws a SettingsError or an ApplicationError with every mistake. */
export function busOf(config: Wanted): TestBus {
  const { within: withinMs, maxPayload: maxPayloadBytes } = config;
  return createTestBus({ ...sourceOf(config), clock: "real", withinMs, advice, limits: { maxPayloadBytes } });
}

function advice(role: string, name: string): string {
  const body = (member: object) => JSON.stringify({ role, ...member });
  return `take it by POST /mock/wait ${body({ name })}, or say POST /mock/ignores ${body({ names: [name] })}`;
}

/** What is wrong with the settings together, and with the files that they name. */
export function mockMistakes({ config, isGiven }: SettingsFound<typeof mockSettings>): string[] {
  const sources = (["service", "application", "routes"] as const).filter((source) => isGiven(source));
  const mistakes: string[] = [];
  if (sources.length !== 1)
    mistakes.push(
      `${sources.length === 0 ? "no routes are" : `${sources.map((each) => `--${each}`).join(" and ")} are`} given: give one of --service service.yml, --application application.yml or --routes FILE`,
    );
  for (const needy of ["service", "app"] as const)
    if (isGiven(needy) && !isGiven("role")) mistakes.push(`--${needy} needs --role: say which role the service plays`);
  if (mistakes.length > 0) return mistakes;
  return mistakesOf(() => void sourceOf(config as Wanted));
}

/** Reads everything, so that what is wrong with it is known before anything starts. */
function sourceOf({ role, service, application, routes }: Wanted): Pick<TestBusOptions, "services" | "routes"> {
  if (application !== undefined) return { routes: Object.fromEntries(readApplication(application).routes) };
  if (routes !== undefined)
    return { routes: Object.fromEntries(parseRoutes(readFileSync(routes, "utf8"), `--routes ${routes}`)) };
  if (service !== undefined && role !== undefined) return { services: { [role]: readServiceRoute(role, service) } };
  throw new SettingsError(["no routes are given"]);
}
