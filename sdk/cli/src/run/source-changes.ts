import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { extname } from "node:path";

/** Files whose content is compared, per service: more that change at once are a change, whatever they have. */
const maxCompared = 1_000;

/** Size of a file up to which its content is compared, in bytes: sources are smaller. */
const maxComparedBytes = 1_000_000;

/** How much of a file tells whether it is text: as much as Git looks at, in bytes. */
const lookBytes = 8_000;

/** What compilers write beside the sources. */
const compiled = /\.(o|obj|a|so|dylib|dll|exe|pdb|rlib|rmeta|class|jar|pyc|tsbuildinfo)$/;

/**
 * Tells edits of one service's sources from what its own start writes: a command that compiles before it runs would otherwise be
 * started again for its own output, without end.
 */
export class SourceChanges {
  /** Hashes of the contents that were last seen. */
  readonly #seen = new Map<string, string>();

  /**
   * The first of these files that makes another program of the service, as far as can be seen; undefined: none does.
   *
   * @param paths - each with whether it was not there before
   * @param isRunning - what does not run is tried again with every save
   */
  firstChange(paths: ReadonlyMap<string, boolean>, isRunning: boolean): string | undefined {
    if (paths.size > maxCompared) return paths.keys().next().value;
    // All are looked at: what is seen now is what the next change is compared with.
    const changed = [...paths].filter(([path, isNew]) => this.#isChange(path, isNew, isRunning));
    return changed[0]?.[0];
  }

  #isChange(path: string, isNew: boolean, isRunning: boolean): boolean {
    const content = contentOf(path);
    const before = this.#seen.get(path);
    if (this.#seen.size >= maxCompared && before === undefined) this.#seen.clear();
    this.#seen.set(path, content);
    if (content === output) return false;
    // What came and went meanwhile was nobody's source, nor what was not text before.
    if (content === gone && (isNew || before === output)) return false;
    return content === tooLarge || content !== before || !isRunning;
  }
}

/** In place of a hash: the file is not a source, is not there, or is too large to be compared. */
const output = "output";
const gone = "gone";
const tooLarge = "too large";

/** A hash of what a source has, or one of the words above. */
function contentOf(path: string): string {
  if (compiled.test(path)) return output;
  try {
    const { size } = statSync(path);
    if (!isText(path)) return output;
    return size > maxComparedBytes ? tooLarge : createHash("sha256").update(readFileSync(path)).digest("base64");
  } catch {
    return extname(path) === "" ? output : gone;
  }
}

/** Whether a file has text, as all sources do. One that is empty has none: a linker begins with that. */
function isText(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const begin = Buffer.alloc(lookBytes);
    const length = readSync(file, begin);
    return length > 0 && !begin.subarray(0, length).includes(0);
  } finally {
    closeSync(file);
  }
}
