import { lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePrivateFolder } from "@exosphere/process";
import { processStart } from "./process-start.ts";

/**
 * Which usual ports the `exo run`s of a user are about to have, or have. Between finding a port free and listening there a process
 * takes a second to start: two that begin together would both find it free, and one would fail.
 */
export class PortClaims {
  readonly #folder: string;
  /** By their ports. */
  readonly #files = new Map<number, string>();

  /** `folder` is where processes of this user write what they claim. */
  constructor(folder = join(tmpdir(), `exo-ports-${process.geteuid?.() ?? "user"}`)) {
    this.#folder = folder;
  }

  /** False: another process that runs has claimed the port. Where nothing can be written, nothing is claimed, and all may be had. */
  claim(port: number): boolean {
    const file = join(this.#folder, String(port));
    try {
      makePrivateFolder(this.#folder);
      // One that somebody else has made in the common folder for temporary files.
      if (lstatSync(this.#folder).uid !== (process.geteuid?.() ?? 0)) return true;
      if (isLeftBehind(file)) rmSync(file, { force: true });
      writeFileSync(file, own(), { flag: "wx", mode: 0o600 });
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== "EEXIST";
    }
    this.#files.set(port, file);
    return true;
  }

  /** Gives a port back, or all of them. */
  release(port?: number): void {
    for (const [claimed, file] of this.#files) {
      if (port !== undefined && port !== claimed) continue;
      this.#files.delete(claimed);
      rmSync(file, { force: true });
    }
  }
}

function own(pid = process.pid): string {
  return `${pid} ${processStart(pid) ?? ""}`;
}

/** Whether the process that claimed it is no more. */
function isLeftBehind(file: string): boolean {
  try {
    const text = readFileSync(file, "utf8");
    const pid = Number.parseInt(text, 10);
    // Another may be about to write what it claims.
    if (Number.isNaN(pid)) return false;
    process.kill(pid, 0);
    return text !== own(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
