import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type ApplicationService, readApplication } from "@exosphere/application";
import { exitCodes, Watchdog } from "@exosphere/process";
import { didYouMean, type LoadedRun, loadSettings, SettingsError } from "@exosphere/settings";
import { applicationFolder } from "../application-folder.ts";
import { type FileCommandInput, type Printer, runFileCommand } from "../file-command.ts";
import { onEndSignal } from "../run/end-signals.ts";
import { LogPrinter, wantsColours } from "../run/log-printer.ts";
import { type TestResult, type TestRun, testService } from "./service-test.ts";
import { testSettings } from "./test-settings.ts";

const command = "exo test";

/** `exo test`: runs the tests of the services. Resolves with the exit code; never rejects. */
export function testCommand(input: FileCommandInput): Promise<number> {
  const load = () =>
    loadSettings({
      command,
      about:
        "Runs the tests of the services of an application, each by the command in 'tests' of its service.yml, in its folder. Where that says 'mock: true', a mock of the bus runs meanwhile, at EXO_MOCK_URL.",
      version: input.version,
      settings: testSettings,
      positionals: {
        name: "FOLDER SERVICE",
        help: "the application's folder, by default the nearest that has an application.yml, and one of its services, by default all",
        max: 2,
      },
      argv: input.argv,
      env: input.env,
    });
  return runFileCommand(command, input, load, (loaded, printer) => test(loaded, input, printer));
}

async function test(
  { config, positionals }: LoadedRun<typeof testSettings>,
  { env, version }: FileCommandInput,
  { print, printError }: Printer,
): Promise<number> {
  const services = wantedServices(positionals);
  const output = new LogPrinter({
    output: { write: (text) => (config.json ? process.stderr : process.stdout).write(text) },
    names: services.map(({ role }) => role),
    useColours: wantsColours(env, config.json ? process.stderr.isTTY : process.stdout.isTTY),
  });
  const ending = new AbortController();
  const watchdog = new Watchdog();
  const stopListening = onEndSignal(
    () => ending.abort(),
    () => {},
  );
  const { timeout: timeoutMs, grace: graceMs, jobs } = config;
  const onLine = (role: string, line: string) => output.line(role, line);
  try {
    const run: TestRun = { env, version, timeoutMs, graceMs, watchdog, signal: ending.signal, onLine };
    const results = await inTurn(services, jobs, (service) => testService(service, run));
    if (config.json) print(JSON.stringify({ ...countsOf(results), services: results }));
    else for (const line of summary(results)) print(line);
    const hasPassed = results.every(({ outcome }) => outcome === "passed" || outcome === "none");
    if (results.some(({ outcome }) => outcome !== "none")) return hasPassed ? exitCodes.ok : exitCodes.failure;
    printError(`${command}: nothing is tested: write 'tests: …', the command that runs them, in the service.yml`);
    return exitCodes.failure;
  } finally {
    stopListening();
    await watchdog.close();
  }
}

/** The services that are meant: `[FOLDER] [SERVICE]`. One word alone is a service, unless there is an application in a folder of that name. */
function wantedServices([first, second]: readonly string[]): readonly ApplicationService[] {
  const isFolder =
    first !== undefined &&
    (second !== undefined || first.includes("/") || existsSync(join(resolve(first), "application.yml")));
  const { services, file } = readApplication(applicationFolder(isFolder ? first : undefined));
  const role = isFolder ? second : first;
  if (role === undefined) return services;
  const service = services.find((each) => each.role === role);
  if (service !== undefined) return [service];
  const roles = services.map((each) => each.role);
  const what = isFolder ? "" : ", and no folder with an application.yml";
  throw new SettingsError([
    `'${role}' is no service of ${file}${what}${didYouMean(role, roles)}; there are: ${roles.join(", ") || "none"}`,
  ]);
}

/** Does something for each item, so many at once, and resolves with what came of each, in their order. */
async function inTurn<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...items.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await run(next[1]);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
}

function countsOf(results: readonly TestResult[]) {
  const count = (...outcomes: TestResult["outcome"][]) =>
    results.filter((each) => outcomes.includes(each.outcome)).length;
  return { passed: count("passed"), failed: count("failed", "timeout", "interrupted"), withoutTests: count("none") };
}

function summary(results: readonly TestResult[]): string[] {
  const width = Math.max(0, ...results.map(({ role }) => role.length));
  const { passed, failed, withoutTests } = countsOf(results);
  const none = withoutTests > 0 ? `, ${withoutTests} without tests` : "";
  return [
    "",
    ...results.map((result) => `${result.role.padEnd(width)}  ${told(result)}`),
    `${passed} passed, ${failed} failed${none}`,
  ];
}

function told({ outcome, detail, durationMs }: TestResult): string {
  const time = `after ${(durationMs / 1000).toFixed(1)} s`;
  if (outcome === "none") return "has no tests";
  if (outcome === "interrupted") return durationMs === 0 ? "was not started" : `was interrupted ${time}`;
  return outcome === "passed" ? `passed ${time}` : `failed ${time}: ${detail}`;
}
