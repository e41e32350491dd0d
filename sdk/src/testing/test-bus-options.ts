import type { Limits, RouteTable } from "@exosphere/broker/embedded";
import { routesModule } from "./broker-module.ts";
import { routeOf, type TestRoute } from "./routes.ts";

/** What a test bus is made of. One of `services`, `application` and `routes` says what its roles may send and receive. */
export interface TestBusOptions {
  /**
   * The services under test, by role: the path of each's service.yml (or of its folder), or its route. Everybody else is
   * played by the test, under any name: such roles send what the services receive, and receive what they send.
   */
  readonly services?: Readonly<Record<string, string | TestRoute>> | undefined;
  /** The path of an application.yml, or of its folder: its roles, their routes and translations. */
  readonly application?: string | undefined;
  /** All roles and their routes. */
  readonly routes?: Readonly<Record<string, TestRoute>> | undefined;
  /**
   * `fake`, the default: deadlines and retries pass only by `bus.clock.advance`, so that no test waits for them, and none
   * fails on a slow machine. `real`: the machine's time, for services in other processes.
   */
  readonly clock?: "fake" | "real" | undefined;
  /**
   * How long to wait for what does not come before the test fails, in milliseconds of the machine's time. Default 1000: less
   * than the 2 s after which mocha gives up without a reason, and long for a service in the same process.
   */
  readonly withinMs?: number | undefined;
  /** How the texts of failures say how to take note of a message. Default: by `bus.role(…)`. For tools with words of their own. */
  readonly advice?: ((role: string, name: string) => string) | undefined;
  /** Limits of the broker, such as `maxPayloadBytes`, `maxQueueMessages`, `defaultDeadlineMs`. Default: those of `exocom`. */
  readonly limits?: Partial<Limits> | undefined;
}

/** Less than mocha's own time-out, in milliseconds. */
const defaultWithinMs = 1_000;

/** Options of a test bus, complete. */
export interface TestBusConfig {
  readonly routes: RouteTable;
  /** Whether roles that are not in the routes are played with the mirrored rights. */
  readonly isMirrored: boolean;
  readonly clock: "fake" | "real";
  readonly withinMs: number;
  readonly advice: (role: string, name: string) => string;
  readonly limits: Partial<Limits>;
}

const defaultAdvice = (role: string, name: string) =>
  `take it by await bus.role("${role}").received("${name}"), or say bus.role("${role}").ignores("${name}")`;

const optionNames = ["services", "application", "routes", "clock", "withinMs", "advice", "limits"];
const sources = ["services", "application", "routes"] as const;

/** Fills in what was not said. Throws a TypeError if the options are wrong, an ApplicationError if a file is. */
export function testBusConfig(options: TestBusOptions): TestBusConfig {
  if (typeof options !== "object" || options === null)
    throw new TypeError('The test bus needs options, such as { services: { users: "./service.yml" } }.');
  const { clock = "fake", withinMs = defaultWithinMs, advice = defaultAdvice, limits = {} } = options;
  const mistakes = Object.keys(options)
    .filter((name) => !optionNames.includes(name))
    .map((name) => `there is no option '${name}'; there are ${optionNames.join(", ")}`);
  const given = sources.filter((source) => options[source] !== undefined);
  if (given.length !== 1)
    mistakes.push(
      `say by one of ${sources.join(", ")} what the roles may send and receive, such as { services: { users: "./service.yml" } }`,
    );
  if (clock !== "fake" && clock !== "real") mistakes.push("'clock' must be 'fake' or 'real'");
  if (!(withinMs > 0 && withinMs < 2 ** 31)) mistakes.push("'withinMs' must be above 0 milliseconds");
  if (mistakes.length > 0) throw new TypeError(`The options of the test bus are wrong: ${mistakes.join("; ")}.`);
  return { routes: routesOf(options), isMirrored: options.services !== undefined, clock, withinMs, advice, limits };
}

function routesOf({ services, application, routes }: TestBusOptions): RouteTable {
  if (application !== undefined) return routesModule().readApplication(application).routes;
  const read = (role: string, route: string | TestRoute) =>
    typeof route === "string" ? routesModule().readServiceRoute(role, route) : routeOf(role, route);
  return new Map(Object.entries(services ?? routes ?? {}).map(([role, route]) => [role, read(role, route)]));
}
