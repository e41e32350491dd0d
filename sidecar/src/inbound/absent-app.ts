import type { Log } from "@exosphere/telemetry";

/** How long an app may take to listen before its sidecar says that it does not, in milliseconds: longer than nearly any app takes to start. */
const patienceMs = 5_000;

/** Where an app should listen, and what is known of it. */
export interface AbsentAppOptions {
  readonly app: URL;
  /** Path of the app that says whether it is up, if there is one. */
  readonly healthPath?: string | undefined;
  /** The sidecar has chosen the port, and told the app by EXORELAY_PORT. Otherwise it comes from --app. */
  readonly isPortChosen: boolean;
  /** Whether there is anything for the app: one that only sends need not listen. */
  readonly isExpected: () => boolean;
  readonly log: Pick<Log, "warn">;
  /** Calls `run` once, `delayMs` from now; returns what calls it off. */
  readonly after: (delayMs: number, run: () => void) => () => void;
}

/** Says once that nothing listens where the app should, until which all its messages wait. */
export class AbsentApp {
  readonly #options: AbsentAppOptions;
  #cancel: () => void;

  constructor(options: AbsentAppOptions) {
    this.#options = options;
    this.#cancel = options.after(patienceMs, () => this.#look());
  }

  /** The app is there, or takes its messages in another way. */
  close(): void {
    this.#cancel();
  }

  #look(): void {
    const { app, isExpected, log, after } = this.#options;
    if (isExpected()) log.warn({ app: app.origin }, this.#text());
    // No broker has said yet what the role receives, or it receives nothing so far.
    else this.#cancel = after(patienceMs, () => this.#look());
  }

  #text(): string {
    const { app, healthPath, isPortChosen } = this.#options;
    const rest = "Its messages wait until then.";
    if (healthPath !== undefined)
      return `${new URL(healthPath, app).href} does not answer 2xx: the app is not up, or --app and --app-health name another place. ${rest}`;
    if (isPortChosen)
      return `Nothing listens on ${app.origin}, where the app should: on the port of EXORELAY_PORT, which this sidecar has chosen. Have the app listen there, or say by --app where it listens. ${rest}`;
    return `Nothing listens on ${app.origin}, where --app says that the app is: start the app, have it listen there, or change --app. ${rest}`;
  }
}
