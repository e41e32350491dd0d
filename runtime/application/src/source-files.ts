import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Mistakes } from "./mistakes.ts";
import { YamlSource } from "./yaml-source.ts";

/** Far beyond what people write by hand, and small enough to parse in the blink of an eye. */
const maxBytes = 1024 * 1024;

/** Opens the application's files and remembers which ones, and what is wrong with them. */
export class SourceFiles {
  readonly mistakes = new Mistakes();
  readonly #paths = new Set<string>();

  /** The absolute paths of all files that were looked for. */
  get paths(): readonly string[] {
    return [...this.#paths];
  }

  /** A file that cannot be opened as its folder is not there. */
  missed(file: string): void {
    this.#paths.add(resolve(file));
  }

  /** Parses a file. If that cannot be done, the reason is a mistake already. */
  open(file: string): YamlSource | undefined {
    this.#paths.add(resolve(file));
    const text = this.#read(file);
    return text === undefined ? undefined : YamlSource.parse(text, file, this.mistakes);
  }

  #read(file: string): string | undefined {
    try {
      const { size } = statSync(file);
      if (size > maxBytes) return this.#refuse(file, `is ${size} bytes long; the limit is ${maxBytes}`);
      return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
    } catch (error) {
      return this.#refuse(file, reasonOf(error));
    }
  }

  #refuse(file: string, text: string): undefined {
    this.mistakes.refuse({ file }, text);
    return undefined;
  }
}

/** Is there a folder at this path? */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return "does not exist; create it or correct the path";
  if (code === "EISDIR") return "is a folder; it has to be a file";
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return "is not UTF-8; save it as UTF-8";
  return `cannot be read (${code ?? "unknown reason"}); check its permissions`;
}
