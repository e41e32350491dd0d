import type { Log } from "@exosphere/runtime";
import { freePorts, type ProcessEvent, SupervisedProcess } from "@exosphere/runtime/process";

/** Where the app takes deliveries: as the settings say, or, where the sidecar starts the app itself, on a free port. */
export async function settleAppAddress(app: URL | undefined, command: readonly string[]): Promise<URL | undefined> {
  if (app || command.length === 0) return app;
  const [port] = await freePorts(1);
  return new URL(`http://127.0.0.1:${port}`);
}

/** What starting the app needs. */
export interface AppCommandOptions {
  /** Program and arguments, from behind `--`. */
  readonly command: readonly string[];
  readonly app: URL;
  readonly role: string;
  /** Where the sidecar's JSON edge listens. */
  readonly host: string;
  readonly port: number;
  /** Where its unix socket is, if it has one. */
  readonly socket: string | undefined;
  readonly log: Log;
}

/** The app as a child of its sidecar: `exo-sidecar … -- command`. Restarted when it crashes, stopped when the sidecar stops. */
export class AppCommand {
  readonly #process: SupervisedProcess;

  private constructor(process: SupervisedProcess) {
    this.#process = process;
  }

  /** Starts the app, if there is a command for it. */
  static start({ command, app, role, host, port, socket, log }: AppCommandOptions): AppCommand | undefined {
    if (command.length === 0) return undefined;
    const supervised = new SupervisedProcess({
      command: [...command],
      env: {
        ...process.env,
        EXOCOM_HOST: host,
        EXOCOM_PORT: String(port),
        ...(socket === undefined ? {} : { EXOCOM_SOCKET: socket }),
        ROLE: role,
        EXORELAY_PORT: app.port,
      },
      onEvent: (event) => logEvent(log, event),
    });
    supervised.start();
    return new AppCommand(supervised);
  }

  /** Asks the app to end, and ends it after the grace. */
  async stop(graceMs: number): Promise<void> {
    await this.#process.stop(graceMs);
  }

  /** Ends the app at once. */
  kill(): void {
    void this.#process.stop(0);
  }
}

function logEvent(log: Log, event: ProcessEvent): void {
  // What the app prints is its own: passed on as it is, not wrapped in a line of ours.
  if (event.kind === "line") process[event.stream].write(`${event.text}\n`);
  else log.info({ event }, `app ${event.kind}`);
}
