import type { Application } from "@exosphere/application";
import type { Command } from "@exosphere/process";

/** Where an app takes its work. One that says nothing of itself is up when its sidecar finds it, or when it listens for people. */
export interface TakesWork {
  /** Where its sidecar tells whether the app takes messages. */
  readonly sidecarMetricsUrl: string;
  /** Where it should listen for messages, if it listens at all. */
  readonly exorelayPort: number;
  /** Where it should listen for people. */
  readonly publicPort: number | undefined;
}

/** A process of the application as it is to be started. */
export interface PlannedProcess {
  /** As the output names it: "exocom", "users", "users/sidecar". */
  readonly name: string;
  /** Whose output is pino's JSON. */
  readonly logsJson: boolean;
  readonly command: Command;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /**
   * How it is known to be up: by a line of its output, by its admin port, by serving people or taking messages, or, if undefined,
   * by having been started.
   */
  readonly up: { readonly onlineText: string } | { readonly readyUrl: string } | TakesWork | undefined;
  /** Where it should take its messages: that it does not is said. Undefined: it gets none, or only replies. */
  readonly takesWork?: TakesWork;
  /** The application runs although this one cannot be started. */
  readonly isOptional?: boolean;
  /** It brings in what comes from outside: stopped before all others, so that they can still answer what is under way. */
  readonly isEntry?: boolean;
}

/** What a process is planned from that serves the whole application. */
export interface SharedPlanInput {
  readonly application: Application;
  /** The program, without its arguments. */
  readonly program: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The broker, HOST:PORT. */
  readonly broker: string;
  readonly port: number;
  readonly adminPort: number;
}
