import type { Settings } from "@exosphere/settings";
import { type Loaded, type LoadedRun, loadSettings, SettingsError, type SettingsInput } from "@exosphere/settings";
import { type Log, printable, printableLines, silentLog } from "@exosphere/telemetry";
import { drainOnSignal, type RunningProcess, type SignalSource } from "./drain.ts";
import { exitCodes } from "./exit-codes.ts";
import { StartError } from "./start-error.ts";

/** What a text can be written to. */
export interface TextOutput {
  write(text: string): unknown;
}

/** A process: how it introduces itself, its settings, and how it starts. */
export interface MainInput<S extends Settings> extends Omit<SettingsInput<S>, "argv" | "env"> {
  /**
   * Starts the process. Throws a StartError for what its user can mend. The signal is aborted if the process is told to
   * end before it has started: starting may then be given up, what it returns is drained.
   */
  readonly start: (loaded: LoadedRun<S>, ending: AbortSignal) => Promise<RunningProcess>;
  /** How long draining may take, in milliseconds. Default: the setting `grace` if there is one, else 10 s. */
  readonly graceMs?: number;
  /** Default: `process.argv.slice(2)`. */
  readonly argv?: readonly string[];
  /** Default: `process.env`. */
  readonly env?: SettingsInput<S>["env"];
  /** Default: those of the process. */
  readonly streams?: { readonly stdout: TextOutput; readonly stderr: TextOutput };
  /** Default: `process.exit`. */
  readonly exit?: (code: number) => void;
  /** Default: `process`. */
  readonly signals?: SignalSource;
}

/** How long a process may take to drain where its settings do not say, in milliseconds. See --grace in docs/limits.md. */
const defaultGraceMs = 10_000;

/**
 * The main of every process: loads its settings, starts it, and drains it on a signal. Exits with 0 after --help, --version or a
 * drain, with 64 on mistakes in the settings or what they lead to, and with 1 where it cannot start or drain. Never rejects.
 * Signals are heard before anything is started. One that comes earlier, while the modules are loaded, ends the process as
 * signals do (143 in a shell): at once, as nothing is bound yet.
 */
export async function runMain<S extends Settings>(input: MainInput<S>): Promise<void> {
  const { stdout, stderr } = input.streams ?? process;
  const exit = input.exit ?? ((code: number) => process.exit(code));
  const loaded = loadOrReport(input, stderr);
  if (!loaded) return exit(exitCodes.usage);
  if (loaded.kind === "run") for (const notice of loaded.notices) stderr.write(`${input.command}: ${notice}\n`);
  if (loaded.kind === "run") return startAndWatch(input, loaded, stderr, exit);
  stdout.write(loaded.text);
  exit(exitCodes.ok);
}

function loadOrReport<S extends Settings>(input: MainInput<S>, stderr: TextOutput): Loaded<S> | undefined {
  try {
    return loadSettings({ ...input, argv: input.argv ?? process.argv.slice(2), env: input.env ?? process.env });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    stderr.write(`${linesOf(input.command, error)}See ${input.command} --help\n`);
    return undefined;
  }
}

function linesOf(command: string, { mistakes }: SettingsError): string {
  return mistakes.map((mistake) => `${command}: ${printable(mistake)}\n`).join("");
}

/** Starts the process and leaves it running. Signals count from the beginning, so that nothing half started is left behind. */
async function startAndWatch<S extends Settings>(
  input: MainInput<S>,
  loaded: LoadedRun<S>,
  stderr: TextOutput,
  exit: (code: number) => void,
): Promise<void> {
  const signals = input.signals ?? process;
  const ending = new AbortController();
  const { promise: starting, resolve: begin } = Promise.withResolvers<RunningProcess>();
  let log: Log = silentLog();
  const stop = drainOnSignal({
    running: starting.catch(() => nothingStarted),
    graceMs: input.graceMs ?? graceOf(loaded.config),
    log: {
      info: (facts, text) => log.info(facts, text),
      warn: (facts, text) => log.warn(facts, text),
      error: (facts, text) => log.error(facts, text),
    },
    exit,
    signals,
    onDrain: () => ending.abort(),
  });
  // In this very tick, so that no signal comes between: whoever starts would wait for an abort that has been.
  begin((async () => input.start(loaded, ending.signal))());
  try {
    log = (await starting).log ?? log;
  } catch (error) {
    // What the settings lead to, such as a file of routes, may be wrong too.
    const isUsage = error instanceof SettingsError;
    stderr.write(
      isUsage ? linesOf(input.command, error) : `${input.command}: ${printableLines(reportOf(error, loaded.config))}\n`,
    );
    stop();
    // Told to end while it started: then the drain, which has nothing to wait for, ends it.
    if (!ending.signal.aborted) exit(isUsage ? exitCodes.usage : exitCodes.failure);
  }
}

const nothingStarted: RunningProcess = { drain: async () => {}, close: () => {} };

function graceOf(config: Readonly<Record<string, unknown>>): number {
  return typeof config.grace === "number" ? config.grace : defaultGraceMs;
}

/** What the user of a process that could not start is told. The stack is for developers, at the level debug. */
function reportOf(error: unknown, config: Readonly<Record<string, unknown>>): string {
  if (!(error instanceof Error)) return String(error);
  const wantsStack = config.logLevel === "debug" || config.logLevel === "trace";
  return wantsStack && !(error instanceof StartError) ? (error.stack ?? error.message) : error.message;
}
