import { basename, join, sep } from "node:path";
import { watch } from "chokidar";
import { SourceChanges } from "./source-changes.ts";

/** How long the files of a service must have been left alone before it is started again, in milliseconds. */
const quietMs = 150;

/** Files that are watched in the folder of one service. Beyond, it is said that changes of others are not seen. */
const maxFiles = 5_000;

/** What tools write into, and what is not a source. */
const ignoredFolders = new Set([
  ...["node_modules", "build", "dist", "target", "out", "obj", "coverage", "logs", "tmp"],
  ...["__pycache__", "venv", "vendor"],
]);

/** The folder of a service that is watched. */
export interface WatchedFolder {
  readonly role: string;
  readonly directory: string;
}

/** Who is told what happens in the folders. */
export interface ServiceFollower {
  /** Files of a service have changed, and were left alone for a moment. `file` is the first of them, from its folder. */
  changed(role: string, file: string): void;
  /** Whether all apps of a role run, or are about to: then a file that is saved as it was changes nothing. */
  isRunning(role: string): boolean;
  /** Something that deserves to be said. */
  remark(text: string): void;
}

/** Watches the sources of services. */
export class ServiceWatch {
  readonly #follower: ServiceFollower;
  readonly #watched = new Map<string, () => void>();

  constructor(follower: ServiceFollower) {
    this.#follower = follower;
  }

  /**
   * Watches these folders from now on, and no others. Those that it watches already stay watched without a gap. Resolves once no
   * change is missed any more.
   */
  async follow(folders: readonly WatchedFolder[]): Promise<void> {
    const wanted = new Map(folders.map((folder) => [`${folder.role}\0${folder.directory}`, folder]));
    for (const [key, close] of this.#watched) {
      if (wanted.has(key)) continue;
      close();
      this.#watched.delete(key);
    }
    const begun: Promise<void>[] = [];
    for (const [key, folder] of wanted) {
      if (this.#watched.has(key)) continue;
      begun.push(new Promise((ready) => this.#watched.set(key, this.#watch(folder, ready))));
    }
    await Promise.all(begun);
  }

  /** Watches none. */
  close(): void {
    void this.follow([]);
  }

  #watch({ role, directory }: WatchedFolder, ready: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    let wasRunning = true;
    let count = 0;
    const changes = new SourceChanges();
    /** Each with whether it was not there before. */
    const pending = new Map<string, boolean>();
    const watcher = watch(directory, {
      ignored: (path) => path !== directory && isIgnored(path.slice(directory.length + 1)),
      ignoreInitial: false,
    });
    let isReady = false;
    watcher.on("ready", () => {
      isReady = true;
      ready();
    });
    const tell = () => {
      const first = changes.firstChange(pending, wasRunning);
      timer = undefined;
      pending.clear();
      if (first !== undefined) this.#follower.changed(role, first.slice(join(directory, sep).length));
    };
    watcher.on("all", (event, path) => {
      if (event === "add") count += 1;
      if (event === "unlink") count -= 1;
      if (count > maxFiles && !watcher.closed) {
        this.#follower.remark(`${role} has more than ${maxFiles} files: changes are not watched in its folder`);
        void watcher.close();
        ready();
      }
      if (!isReady || event === "addDir" || event === "unlinkDir" || watcher.closed) return;
      if (timer === undefined) wasRunning = this.#follower.isRunning(role);
      if (!pending.has(path)) pending.set(path, event === "add");
      clearTimeout(timer);
      timer = setTimeout(tell, quietMs);
    });
    watcher.on("error", (error) => {
      this.#follower.remark(`the files of ${role} cannot be watched: ${String(error)}`);
      ready();
    });
    return () => {
      clearTimeout(timer);
      void watcher.close();
    };
  }
}

/** Hidden files, those of editors that are not saved yet, what tools make, and service.yml, which is read with application.yml. */
function isIgnored(path: string): boolean {
  const names = path.split(sep);
  return (
    names.some((name) => name.startsWith(".") || ignoredFolders.has(name)) ||
    /(~|\.sw[px]|\.tmp|\.log|\.sqlite(-\w+)?)$/.test(path) ||
    /^service\.ya?ml$/.test(basename(path))
  );
}
