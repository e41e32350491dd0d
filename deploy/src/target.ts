import type { Deployment } from "./deployment.ts";

/** A file that a target consists of. */
export interface DeployFile {
  /** Relative to the output folder, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly isExecutable?: boolean;
}

/** A file with a secret, in a folder that only its owner may enter. */
export interface SecretFile {
  /** Relative to the output folder, with slashes: at least one folder, and a name. */
  readonly path: string;
  readonly text: string;
  /**
   * Whether others may read the file itself. Processes in containers get it mounted, and run as users of their own: the folder
   * around it keeps people on this machine away.
   */
  readonly isForContainers?: boolean;
}

/** What a checker says of a folder of files. */
export type CheckResult =
  | { readonly kind: "absent" }
  | { readonly kind: "ok" }
  | { readonly kind: "wrong"; readonly text: string };

/** A program of others that reads what a target has written, and says whether it is right. */
export interface Checker {
  readonly name: string;
  /** The version that is tried and installed by `install`; undefined: whichever the system has. */
  readonly version?: string;
  /** The line that installs it. */
  readonly install: string;
  /** Checks the files in a folder, an absolute path. Never writes there. */
  check(folder: string, deployment: Deployment): Promise<CheckResult>;
}

/** A way to run an application elsewhere. */
export interface Target {
  readonly name: string;
  /** What it writes, for people, in one line without a full stop. */
  readonly does: string;
  /** All files, the same for the same deployment. Throws a SettingsError with everything of the application that it cannot deploy. */
  files(deployment: Deployment): readonly DeployFile[];
  /**
   * Files with secrets that the target makes itself, such as attach tokens: written beside the others, never shown, never
   * overwritten by other secrets. `kept` has the text of such a file from an earlier run.
   */
  secretFiles?(deployment: Deployment, kept: (path: string) => string | undefined): readonly SecretFile[];
  /** What is to be done next, for people, a line each. `folder` is where the files are. */
  next?(deployment: Deployment, folder: string): readonly string[];
  readonly checkers: readonly Checker[];
}
