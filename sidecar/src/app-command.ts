import { freePorts, type ProcessEvent, SupervisedProcess, Watchdog } from "@exosphere/process";
import { type Log, processOutput } from "@exosphere/telemetry";

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
  /** What the JSON edge asks for, if it asks for anything. */
  readonly token: string | undefined;
  readonly log: Log;
}

/**
 * The app as a child of its sidecar: `exo-sidecar … -- command`. Restarted when it crashes, stopped when the sidecar stops,
 * and not left behind if the sidecar is killed.
 */
export class AppCommand {
  readonly #process: SupervisedProcess;
  readonly #watchdog: Watchdog;
  /** Id of the app's process group while there is one. */
  #group: number | undefined;

  private constructor({ command, app, role, host, port, socket, token, log }: AppCommandOptions) {
    this.#watchdog = new Watchdog();
    this.#process = new SupervisedProcess({
      command: [...command],
      env: {
        ...process.env,
        EXOCOM_HOST: isAnyAddress(host) ? "127.0.0.1" : host,
        EXOCOM_PORT: String(port),
        ...(socket === undefined ? {} : { EXOCOM_SOCKET: socket }),
        ...(token === undefined ? {} : { EXOCOM_TOKEN: token }),
        ROLE: role,
        EXORELAY_PORT: app.port || (app.protocol === "https:" ? "443" : "80"),
      },
      watchdog: this.#watchdog,
      onEvent: (event) => {
        if (event.kind === "started") this.#group = event.pid;
        else if (event.kind === "exited") this.#group = undefined;
        tell(log, event);
      },
    });
  }

  /** Starts the app, if there is a command for it. */
  static start(options: AppCommandOptions): AppCommand | undefined {
    if (options.command.length === 0) return undefined;
    const started = new AppCommand(options);
    started.#process.start();
    return started;
  }

  /** Asks the app to end, and ends it after the grace. */
  async stop(graceMs: number): Promise<void> {
    await this.#process.stop(graceMs);
    await this.#watchdog.close();
  }

  /** Ends the app at once: when this returns, so that this process may end right afterwards. */
  kill(): void {
    if (this.#group === undefined) return;
    try {
      process.kill(-this.#group, "SIGKILL");
    } catch {
      // It ended by itself a moment ago.
    }
  }
}

/** Whether an address stands for every interface: one to listen on, but not one to call. */
function isAnyAddress(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function tell(log: Log, event: ProcessEvent): void {
  switch (event.kind) {
    case "line":
      // What the app prints is its own: passed on as it is, not wrapped in a line of ours.
      processOutput(event.stream === "stdout" ? 1 : 2).write(`${event.text}\n`);
      return;
    case "failed":
      return log.error({ err: event.error }, "the app could not be started");
    case "exited": {
      const { code, signal, livedMs, expected } = event;
      return log[expected ? "info" : "warn"]({ code, signal, livedMs: Math.round(livedMs) }, "the app exited");
    }
    case "started":
      return log.info({ appPid: event.pid }, "the app is started");
    case "restarting":
      return log.info({ delayMs: event.delayMs, restarts: event.restarts }, "the app will be started again");
    case "online":
      return;
  }
}
