import type { Application } from "@exosphere/application";
import type { RunRecord } from "../run/run-record.ts";

/** What a check has found: as it should be, deserves a look, or does not work. */
export interface Finding {
  /** The name of the check. */
  readonly check: string;
  readonly status: "ok" | "warning" | "problem";
  /** What is there and, after a semicolon, what to do. */
  readonly text: string;
}

/** A finding before it is known which check it is of. */
export type Found = Omit<Finding, "check">;

/** What checks look at. */
export interface Patient {
  readonly env: NodeJS.ProcessEnv;
  /** Of this `exo`. */
  readonly version: string;
  /** The folder of the application, or the current one. */
  readonly folder: string;
  /** Undefined: there is none, or it cannot be read. */
  readonly application: Application | undefined;
  /** Of the application in the folder, if `exo run` runs it. */
  readonly run: RunRecord | undefined;
  /** gRPC addresses of brokers that are to be looked at, and their admin token. */
  readonly brokers: readonly string[];
  readonly token: string | undefined;
  /** Paths of files for TLS. */
  readonly tls: {
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
    readonly ca?: string | undefined;
  };
}

/** Looks at one thing. May reject, and is given up after a time. */
export type Check = (patient: Patient) => readonly Found[] | Promise<readonly Found[]>;

/** As it should be. */
export function ok(text: string): Found {
  return { status: "ok", text };
}

/** Deserves a look: works here, or works for now. */
export function warning(text: string): Found {
  return { status: "warning", text };
}

/** Does not work. */
export function problem(text: string): Found {
  return { status: "problem", text };
}
