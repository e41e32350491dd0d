import { existsSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePrivateFolder, StartError } from "@exosphere/process";
import { applicationFolder } from "../application-folder.ts";

/** A service as it runs: one sidecar, one app. */
export interface RunningService {
  /** As the output names it: the role, or `role/2` where it has several instances. */
  readonly name: string;
  readonly role: string;
  /** Its sidecar's JSON edge. */
  readonly sidecarUrl: string;
  /** The admin port of its sidecar. */
  readonly sidecarAdminUrl: string;
  /** The unix socket of its sidecar, for the SDK. */
  readonly socket: string;
  /** What it serves people, if it is public. */
  readonly publicUrl?: string | undefined;
}

/** Where people and programs find a role. */
export type RoleAddresses = Pick<RunningService, "role" | "sidecarUrl" | "publicUrl">;

/** Where the parts of a running application are: what other commands need no flags for. */
export interface RunRecord {
  /** Of this form. One that is not known is left alone. */
  readonly version: 1;
  /** Of the `exo run` that keeps it running. */
  readonly pid: number;
  /** RFC 3339. */
  readonly startedAt: string;
  /** Its name. */
  readonly application: string;
  /** Its folder. */
  readonly root: string;
  readonly broker: { readonly address: string; readonly adminUrl: string };
  readonly gateway?: { readonly url: string; readonly adminUrl: string } | undefined;
  readonly dashboard?: { readonly url: string; readonly adminUrl: string } | undefined;
  readonly services: readonly RunningService[];
  /** The unix socket at which `exo run` says how it goes, and takes orders. */
  readonly control: string;
}

/** The application that runs in a folder, or in the nearest above it that has one; undefined where none does. */
export function findRun(folder: string = process.cwd()): RunRecord | undefined {
  return readRun(applicationFolder(undefined, folder));
}

/** The folder in an application's own in which `exo` keeps what belongs to this machine alone. Made if it is not there. */
export function workFolder(root: string): string {
  const folder = join(root, ".exosphere");
  makePrivateFolder(folder);
  const ignored = join(folder, ".gitignore");
  if (!existsSync(ignored)) writeFileSync(ignored, "*\n");
  return folder;
}

/**
 * Looks whether an application runs already.
 *
 * @throws StartError if it does, which says where
 */
export function refuseSecondRun(root: string): void {
  const running = readRun(root);
  if (running === undefined || running.pid === process.pid) return;
  const where = running.gateway?.url ?? running.dashboard?.url ?? running.broker.address;
  throw new StartError(
    `this application runs already, as process ${running.pid} (${where}): end that first, by Ctrl-C where it runs, or give ` +
      "--no-run-file to run it a second time beside",
  );
}

/**
 * Says where the application runs, for as long as this process does. Returns what takes that back. What a process left behind
 * that is no more is replaced.
 *
 * @throws StartError if the application runs already
 */
export function keepRunFile(record: RunRecord): () => void {
  refuseSecondRun(record.root);
  const file = join(workFolder(record.root), "run.json");
  // Renamed into place: whoever reads it finds all of it.
  const next = `${file}.${record.pid}`;
  writeFileSync(next, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
  return () => {
    if (readRun(record.root)?.pid === record.pid) rmSync(file, { force: true });
  };
}

/** What the run file of a folder says, if the process that wrote it is still there. */
function readRun(root: string): RunRecord | undefined {
  const file = join(root, ".exosphere", "run.json");
  try {
    const record = JSON.parse(readFileSync(file, "utf8")) as RunRecord;
    if (record.version !== 1 || !Number.isSafeInteger(record.pid) || !isAlive(record.pid)) return undefined;
    // A folder that was copied with its run file is not the one that runs.
    return realpathSync(record.root) === realpathSync(root) ? record : undefined;
  } catch {
    return undefined; // there is none, or one that somebody else wrote
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
