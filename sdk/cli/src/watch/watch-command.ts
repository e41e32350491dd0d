import { exitCodes } from "@exosphere/process";
import { type Loaded, type LoadedRun, type Settings, SettingsError } from "@exosphere/settings";
import { printable } from "@exosphere/telemetry";

/** Runs a command whose settings are loaded by `load`. Resolves with the exit code; never rejects. */
export async function runWatch<S extends Settings>(
  command: string,
  load: () => Loaded<S>,
  run: (loaded: LoadedRun<S>) => Promise<number>,
): Promise<number> {
  try {
    const loaded = load();
    if (loaded.kind === "run") {
      for (const notice of loaded.notices) process.stderr.write(`${command}: ${notice}\n`);
      return await run(loaded);
    }
    process.stdout.write(loaded.text);
    return exitCodes.ok;
  } catch (error) {
    const mistakes = error instanceof SettingsError ? error.mistakes : [(error as Error).message];
    for (const mistake of mistakes) process.stderr.write(`${command}: ${printable(mistake)}\n`);
    return error instanceof SettingsError ? exitCodes.usage : exitCodes.failure;
  }
}

/** Resolves when the process is told to end, or nobody reads its output any more. */
export function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
    process.stdout.on("error", () => resolve());
  });
}

/** Tells on stderr how the watching goes, when that changes. */
export function stateTeller(
  command: string,
): (state: { readonly isConnected: boolean; readonly problem: string }) => void {
  let told = "";
  return ({ isConnected, problem }) => {
    if (isConnected || problem === told) return;
    told = problem;
    process.stderr.write(`${command}: ${printable(problem)} Trying again …\n`);
  };
}

/** How long a command that is to end by itself waits for a broker, in milliseconds. */
const patienceMs = 10_000;

/** Ends what waits for a broker that is away for too long. */
export class Patience {
  readonly #fail: (error: Error) => void;
  #timer: NodeJS.Timeout | undefined;
  #problem = "The broker does not answer.";

  /** `fail` gets the last problem. */
  constructor(fail: (error: Error) => void) {
    this.#fail = fail;
    this.#wait();
  }

  /** Takes the state of the connection: time runs only while the broker is away. */
  take({ isConnected, problem }: { readonly isConnected: boolean; readonly problem: string }): void {
    if (isConnected) this.end();
    else {
      this.#problem = problem || this.#problem;
      this.#wait();
    }
  }

  /** Waits no more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    this.#timer ??= setTimeout(() => this.#fail(new Error(this.#problem)), patienceMs);
  }
}
