import { lstatSync, mkdirSync, realpathSync, type Stats } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

/** Whose cache is looked for. */
export interface CacheOwner {
  /** $XDG_CACHE_HOME, if it is set. */
  readonly cacheHome: string | undefined;
  /** The user's home. */
  readonly home: string;
  /** The user's id. Undefined where the system has none: it has no modes to check either. */
  readonly uid: number | undefined;
}

/** Bits of a mode by which somebody else than the owner may write, and those by which anybody else may do anything. */
const [othersWrite, othersAny] = [0o022, 0o077];

/** Of a folder in which users may only remove and rename what is their own, such as /tmp. */
const sticky = 0o1000;

/** The user who runs this process. */
export function thisUser(): CacheOwner {
  return { cacheHome: process.env.XDG_CACHE_HOME, home: homedir(), uid: process.geteuid?.() };
}

/**
 * The folder in which compiled code is kept between runs, made if it is missing: `$XDG_CACHE_HOME/exosphere`, else
 * `~/.cache/exosphere`. What lies there is run as it is, so it has to be the user's alone: of mode 0700, not a symbolic link, and
 * below folders that nobody else but root may write. Undefined if it is not, or cannot be made: there is no cache then.
 */
export function compileCacheFolder({ cacheHome, home, uid }: CacheOwner): string | undefined {
  if (uid === undefined) return undefined;
  // XDG Base Directory Specification: a relative path is to be ignored.
  const base = cacheHome !== undefined && isAbsolute(cacheHome) ? cacheHome : join(home, ".cache");
  try {
    makeFolder(base);
    // Links above it are fine, as on macOS and where homes are mounted: what counts are the folders that they lead to.
    const parent = realpathSync(base);
    if (!ancestors(parent).every((each) => isSafeAncestor(lstatSync(each), uid))) return undefined;
    const folder = join(parent, "exosphere");
    makeFolder(folder);
    return isPrivate(lstatSync(folder), uid) ? folder : undefined;
  } catch {
    // No home, no room, or a file system that cannot be written: commands start a little slower.
    return undefined;
  }
}

/** Not those above it as well: a user without a home, such as that of a service, gets none. Throws if it cannot be made. */
function makeFolder(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })) mkdirSync(path, { mode: 0o700 });
}

function isPrivate(stats: Stats, uid: number): boolean {
  return stats.isDirectory() && stats.uid === uid && (stats.mode & othersAny) === 0;
}

/** Whether nobody but the user and root can put something else in the place of what is in a folder. */
function isSafeAncestor(stats: Stats, uid: number): boolean {
  const isTheirs = stats.uid === uid || stats.uid === 0;
  return stats.isDirectory() && isTheirs && ((stats.mode & othersWrite) === 0 || (stats.mode & sticky) !== 0);
}

/** A folder and all above it. */
function ancestors(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...ancestors(above)];
}
