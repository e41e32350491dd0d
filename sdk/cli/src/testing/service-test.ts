import type { ApplicationService } from "@exosphere/application";
import { freePorts, type ProcessEvent, SupervisedProcess, type Watchdog } from "@exosphere/process";
import { loadSettings } from "@exosphere/settings";
import { mockSettings } from "../mock/mock-settings.ts";
import { type RunningMock, startMock } from "../mock/start-mock.ts";
import { inheritedEnvironment } from "../run/process-plan.ts";

/** What became of the tests of a service. */
export interface TestResult {
  readonly role: string;
  /** `none`: the service has no tests. `interrupted`: they were ended, or not started, as `exo test` was told to end. */
  readonly outcome: "passed" | "failed" | "timeout" | "interrupted" | "none";
  /** Why they failed, or what to do; for people. */
  readonly detail?: string;
  /** Of their command; absent where it did not exit by itself. */
  readonly exitCode?: number;
  readonly durationMs: number;
}

/** What running the tests of services needs. */
export interface TestRun {
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  /** How long tests may take whose service does not say. Milliseconds. */
  readonly timeoutMs: number;
  readonly graceMs: number;
  readonly watchdog: Watchdog;
  /** Aborted when all of it is to end. */
  readonly signal: AbortSignal;
  /** Gets what the tests of a service print, line by line. */
  readonly onLine: (role: string, line: string) => void;
}

type Tested = ApplicationService & Required<Pick<ApplicationService, "directory" | "tests">>;

/** Runs the tests of a service, with a mock of the bus if they ask for one. Never rejects, and leaves nothing running. */
export async function testService(service: ApplicationService, run: TestRun): Promise<TestResult> {
  const { role } = service;
  if (!isTested(service)) return { role, outcome: "none", durationMs: 0 };
  if (run.signal.aborted) return { role, outcome: "interrupted", durationMs: 0 };
  const startedAt = performance.now();
  let mock: RunningMock | undefined;
  try {
    const [exorelayPort = 0] = await freePorts(1);
    mock = service.tests?.mock ? await mockOf(service, exorelayPort, run.version) : undefined;
    const result = await runCommand(service, environmentOf(service, run.env, exorelayPort, mock), run);
    return { role, ...result, durationMs: Math.round(performance.now() - startedAt) };
  } catch (error) {
    const detail = `its mock could not be started: ${(error as Error).message}`;
    return { role, outcome: "failed", detail, durationMs: Math.round(performance.now() - startedAt) };
  } finally {
    mock?.close();
  }
}

function isTested(service: ApplicationService): service is Tested {
  return service.directory !== undefined && service.tests !== undefined;
}

/** A mock that knows the service by its own names, and plays everybody else. */
function mockOf({ role, directory }: Tested, exorelayPort: number, version: string): Promise<RunningMock> {
  const flags = { port: 0, role, service: directory, app: `http://127.0.0.1:${exorelayPort}`, "log-level": "error" };
  const loaded = loadSettings({
    command: "exo mock",
    about: "",
    version,
    settings: mockSettings,
    argv: Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
    env: {},
  });
  if (loaded.kind !== "run") throw new Error("the mock has no settings to run with");
  return startMock(loaded, version);
}

function environmentOf(
  { role, environment }: Tested,
  env: NodeJS.ProcessEnv,
  exorelayPort: number,
  mock: RunningMock | undefined,
): NodeJS.ProcessEnv {
  return {
    ...inheritedEnvironment(env),
    ...environment,
    ROLE: role,
    ...(mock && {
      EXOCOM_HOST: "127.0.0.1",
      EXOCOM_PORT: String(mock.port),
      EXO_MOCK_URL: `http://127.0.0.1:${mock.port}`,
      EXORELAY_PORT: String(exorelayPort),
    }),
  };
}

async function runCommand(
  { role, directory, tests }: Tested,
  env: NodeJS.ProcessEnv,
  { timeoutMs, graceMs, watchdog, signal, onLine }: TestRun,
): Promise<Pick<TestResult, "outcome" | "detail" | "exitCode">> {
  const ended = Promise.withResolvers<Extract<ProcessEvent, { kind: "exited" | "failed" }>>();
  const limitMs = tests?.timeoutMs ?? timeoutMs;
  const supervised = new SupervisedProcess({
    command: tests?.command ?? "",
    cwd: directory ?? "",
    env,
    restart: false,
    watchdog,
    onEvent(event) {
      if (event.kind === "line") onLine(role, event.text);
      else if (event.kind === "exited" || event.kind === "failed") ended.resolve(event);
    },
  });
  let isLate = false;
  const stop = () => void supervised.stop(graceMs);
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, limitMs);
  signal.addEventListener("abort", stop, { once: true });
  supervised.start();
  const end = await ended.promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
  if (isLate) return { outcome: "timeout", detail: `did not end within ${limitMs / 1000} s` };
  if (signal.aborted) return { outcome: "interrupted" };
  if (end.kind === "failed") return { outcome: "failed", detail: `could not be started: ${end.error.message}` };
  if (end.signal !== null) return { outcome: "failed", detail: `was ended by ${end.signal}` };
  if (end.code === 0) return { outcome: "passed", exitCode: 0 };
  const hint = end.code === 127 ? " (the shell does not find its command: is it installed?)" : "";
  return { outcome: "failed", exitCode: end.code ?? 1, detail: `ended with exit code ${end.code}${hint}` };
}
