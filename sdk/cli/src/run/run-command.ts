import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Application, ApplicationError, readApplication } from "@exosphere/application";
import { exitCodes, freePorts, StartError } from "@exosphere/process";
import { type LoadedRun, loadSettings, mistakesOf, SettingsError } from "@exosphere/settings";
import { onLinesDropped, printable, printableLines, processOutput } from "@exosphere/telemetry";
import { applicationFolder } from "../application-folder.ts";
import type { CommandInput } from "../command.ts";
import { runWarnings } from "../lint/lint-application.ts";
import { announcement } from "./announcement.ts";
import { onEndSignal } from "./end-signals.ts";
import { exampleRequest } from "./example-request.ts";
import { LogPrinter, wantsColours } from "./log-printer.ts";
import { tokenEnvironment } from "./plan-gateway.ts";
import { type PlanInput, type ProcessPlan, planProcesses, portsNeeded } from "./process-plan.ts";
import { RunningApplication } from "./run-application.ts";
import { keepRunFile, type RunRecord, refuseSecondRun } from "./run-file.ts";
import { runSettings } from "./run-settings.ts";
import { sharedPorts } from "./shared-ports.ts";

/** What `exo run` is given. */
export interface RunCommandInput extends CommandInput {
  /** Programs of the broker and the sidecar; by default those of this installation. */
  readonly programs?: PlanInput["programs"];
}

/** Runs an application until a signal ends it. Resolves with the exit code when no process is left; never rejects. */
export async function runCommand(input: RunCommandInput): Promise<number> {
  try {
    const loaded = loadSettings({
      command: "exo run",
      about:
        "Runs an application on this machine: a broker, a sidecar per service, the services, the gateway and the dashboard.",
      version: input.version,
      settings: runSettings,
      positionals: {
        name: "FOLDER",
        help: "the application's folder; by default the current one, or the nearest above it that has an application.yml",
        max: 1,
      },
      argv: input.argv,
      check: ({ positionals }) => mistakesOf(() => readApplication(applicationFolder(positionals[0]))),
      env: input.env,
    });
    if (loaded.kind === "run") return await runFolder(input, loaded);
    process.stdout.write(loaded.text);
    return exitCodes.ok;
  } catch (error) {
    return report(error);
  }
}

async function runFolder(input: RunCommandInput, { config, positionals }: LoadedRun<typeof runSettings>) {
  const application = readApplication(applicationFolder(positionals[0]));
  if (config.runFile) refuseSecondRun(application.root);
  const { notes, ...ports } = await sharedPorts(application, config);
  const socketFolder = mkdtempSync(join(tmpdir(), "exo-"));
  const plan = planProcesses({
    application,
    programs: input.programs ?? installedPrograms(),
    env: { ...input.env, ...tokenEnvironment(application, input.env, socketFolder) },
    publicPort: config.port,
    ...ports,
    socketFolder,
    ports: await freePorts(portsNeeded(application)),
  });
  const printer = new LogPrinter({
    output: processOutput(1),
    names: [plan.broker, ...plan.sidecars, plan.gateway, plan.dashboard, ...plan.services].flatMap(
      (planned) => planned?.name ?? [],
    ),
    useColours: wantsColours(input.env, process.stdout.isTTY),
  });
  onLinesDropped((output, dropped) => printer.note(`${dropped} lines were dropped, as nobody read ${output}`));
  for (const warning of await runWarnings(application)) printer.note(`warning: ${warning}`);
  for (const role of plan.notStarted) printer.note(`${role} has no startup command and is not started`);
  for (const note of notes) printer.note(note);
  const endRun = config.runFile ? keepRunFile(recordOf(application, plan)) : () => {};
  const running = new RunningApplication({ plan, printer, timeoutMs: config.onlineTimeout });
  return untilEnded(running, { application, plan, printer, graceMs: config.grace }).finally(() => {
    endRun();
    rmSync(socketFolder, { recursive: true, force: true });
  });
}

function recordOf({ name, root }: Application, { addresses: services, shared }: ProcessPlan): RunRecord {
  const startedAt = new Date().toISOString();
  return { version: 1, pid: process.pid, startedAt, application: name, root, ...shared, services };
}

interface Session {
  readonly application: Application;
  readonly plan: ProcessPlan;
  readonly printer: LogPrinter;
  readonly graceMs: number;
}

/** Starts the application and stops it at a signal, or when it cannot start. */
async function untilEnded(running: RunningApplication, session: Session): Promise<number> {
  const { application, plan, printer, graceMs } = session;
  const ending = Promise.withResolvers<void>();
  const stopListening = onEndSignal(ending.resolve, () => void running.stop(0));
  // Nobody reads any more, as in `exo run | head`: by default that ends a program.
  processOutput(1).onBroken(() => ending.resolve());
  const started = running.start();
  try {
    const hasStarted = await Promise.race([
      started.then(() => true),
      ending.promise.then(() => false),
      running.cannotRun,
    ]);
    if (hasStarted) {
      for (const line of announcement(plan.addresses, exampleRequest(application, plan.addresses), plan.shared))
        printer.plain(line);
      await Promise.race([ending.promise, running.cannotRun]);
    }
    printer.note("stopping …");
  } finally {
    started.catch(() => {}); // what is stopped amid its start says that it did not come up
    await running.stop(graceMs);
    stopListening();
  }
  return exitCodes.ok;
}

/** From the sources as well as from a built tree. */
function installedPrograms(): PlanInput["programs"] {
  const program = (specifier: string) => [
    process.execPath,
    "--disable-warning=ExperimentalWarning",
    fileURLToPath(import.meta.resolve(specifier)),
  ];
  return {
    broker: program("@exosphere/broker/bin"),
    sidecar: program("@exosphere/sidecar/bin"),
    gateway: program("@exosphere/gateway/bin"),
    dashboard: program("@exosphere/analytics/bin"),
  };
}

function report(error: unknown): number {
  if (error instanceof SettingsError || error instanceof ApplicationError) {
    for (const mistake of error.mistakes) process.stderr.write(`exo run: ${printable(mistake)}\n`);
    return exitCodes.usage;
  }
  const text = error instanceof StartError ? error.message : ((error as Error).stack ?? String(error));
  process.stderr.write(`exo run: ${printableLines(text)}\n`);
  return exitCodes.failure;
}
