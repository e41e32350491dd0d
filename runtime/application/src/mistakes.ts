import { ApplicationError } from "./application-error.ts";

/** Where in a file something is. Line and column count from 1; without them it concerns the whole file. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

interface Finding {
  readonly place: Place;
  readonly text: string;
}

/** Collects what is wrong in any number of files, so that all of it can be reported together. */
export class Mistakes {
  readonly #errors: Finding[] = [];
  readonly #warnings: Finding[] = [];
  readonly #ignoredKeys = new Map<string, Set<string>>();

  /** Something that makes the files unusable. */
  refuse(place: Place, text: string): void {
    this.#errors.push({ place, text });
  }

  /** Something that deserves a look. */
  warn(place: Place, text: string): void {
    this.#warnings.push({ place, text });
  }

  /** A key of an earlier Exosphere that means nothing here. All of a file make one warning. */
  ignore(file: string, key: string): void {
    const keys = this.#ignoredKeys.get(file) ?? new Set();
    this.#ignoredKeys.set(file, keys.add(key));
  }

  /** Throws everything that was refused, file by file and from top to bottom. `files`: all that were looked for. */
  throwIfAny(files: readonly string[] = []): void {
    if (this.#errors.length > 0) throw new ApplicationError(lines(this.#errors), files);
  }

  /** The warnings, one line each. */
  get warnings(): readonly string[] {
    const ignored = [...this.#ignoredKeys].map(([file, keys]) => {
      const names = [...keys].map((key) => `'${key}'`).join(", ");
      return { place: { file }, text: `keys of earlier versions that mean nothing here are ignored: ${names}` };
    });
    return lines([...ignored, ...this.#warnings]);
  }
}

/** In the order of files and places. Two roles may share a folder, so what was found twice is said once. */
function lines(findings: readonly Finding[]): string[] {
  const files = [...new Set(findings.map(({ place }) => place.file))];
  const sorted = findings.toSorted(
    ({ place: a }, { place: b }) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
  return [...new Set(sorted.map(({ place, text }) => `${describe(place)}: ${text}`))];
}

function describe({ file, line, column }: Place): string {
  return line === undefined ? file : `${file}:${line}:${column}`;
}
