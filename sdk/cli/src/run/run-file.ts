import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { makePrivateFolder, StartError } from "@exosphere/process";
import { applicationFolder } from "../application-folder.ts";
import { processStart } from "./process-start.ts";
import { isRunRecord, type RunRecord } from "./run-record.ts";

/** A run file is no larger, in bytes: a thousand services have 400 KB. */
const maxBytes = 2_000_000;

/** Bits of a mode by which others than the owner may write. */
const othersWrite = 0o022;

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
 * @throws StartError if the application runs already, or the file cannot be written
 */
export function keepRunFile(record: RunRecord): () => void {
  refuseSecondRun(record.root);
  const file = fileOf(record.root);
  const next = `${file}.${record.pid}`;
  try {
    workFolder(record.root);
    // Renamed into place: whoever reads it finds all of it.
    const written: RunRecord = { ...record, processStart: processStart(record.pid) };
    writeFileSync(next, `${JSON.stringify(written, null, 2)}\n`, { mode: 0o600 });
    renameSync(next, file);
  } catch (error) {
    if (existsSync(next)) rmSync(next, { force: true });
    throw new StartError(
      `where the application runs cannot be written to ${file}: ${(error as Error).message}; mend that, or give ` +
        "--no-run-file, with which other commands do not find it",
    );
  }
  return () => {
    if (readRun(record.root)?.pid === record.pid) rmSync(file, { force: true });
  };
}

function fileOf(root: string): string {
  return join(root, ".exosphere", "run.json");
}

/** What the run file of a folder says, if the process that wrote it is still there. */
function readRun(root: string): RunRecord | undefined {
  try {
    const record: unknown = JSON.parse(textOf(fileOf(root)));
    if (!isRunRecord(record) || !isAlive(record.pid)) return undefined;
    if (record.processStart !== undefined && record.processStart !== processStart(record.pid)) return undefined;
    // A folder that was copied with its run file is not the one that runs.
    return realpathSync(record.root) === realpathSync(root) ? record : undefined;
  } catch {
    return undefined; // there is none, or one that somebody else wrote
  }
}

/** Other commands send messages to where it points: it has to be a file of this user, which nobody else may write. */
function textOf(file: string): string {
  // Not blocking, for a named pipe would never be read.
  const opened = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
  try {
    const stats = fstatSync(opened);
    const isOwn = stats.uid === (process.geteuid?.() ?? stats.uid) && (stats.mode & othersWrite) === 0;
    if (!stats.isFile() || !isOwn || stats.size > maxBytes) throw new Error("it is not a run file");
    return readFileSync(opened, "utf8");
  } finally {
    closeSync(opened);
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
