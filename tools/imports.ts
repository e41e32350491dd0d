import { readFileSync } from "node:fs";
import { join } from "node:path";
import { files, manifestOf, root } from "./house.ts";
import type { Manifest } from "./manifest.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** Stands for the specifier of an `import()` that is no string. */
export const computed = "(computed)";

/** What a file imports, in whatever way. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** `import type` and `export type`: gone when the code runs. */
  readonly isTypeOnly?: boolean;
}

/** A TypeScript file and what the rules on imports look at. Its path is relative to the repository. */
export interface SourceFile {
  readonly path: string;
  readonly imports: readonly Import[];
  /** Global names whose use the rules may forbid, with their lines. */
  readonly globals: readonly Import[];
}

/** A folder with a package.json. The repository itself has the folder "". */
export interface Package {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Everything that the rules on imports look at. */
export interface SourceTree {
  readonly files: readonly SourceFile[];
  readonly packages: readonly Package[];
}

/** Reads the imports of every TypeScript file of the repository. */
export function readSourceTree(): SourceTree {
  const paths = files("**/*.ts").filter((path) => !path.endsWith(".d.ts"));
  const folders = files("**/package.json").map((path) => path.slice(0, -"package.json".length).replace(/\/$/, ""));
  return {
    files: paths.map((path) => parseSource(path, readFileSync(join(root, path), "utf8"))),
    packages: folders.map((folder) => ({ folder, manifest: manifestOf(folder) })),
  };
}

/** Finds what a file imports: static and dynamic imports, type-only ones, re-exports, `require` and `import.meta.resolve`. */
export function parseSource(path: string, text: string): SourceFile {
  const tokens = tokensOf(text);
  return {
    path,
    imports: tokens.flatMap((token, index) =>
      isImported(tokens, index)
        ? [{ specifier: specifierOf(token), line: token.line, isTypeOnly: isTypeOnly(tokens, index) }]
        : [],
    ),
    globals: tokens.flatMap((token, index) =>
      isGlobal(tokens, index) ? [{ specifier: globalName(tokens, index), line: token.line }] : [],
    ),
  };
}

/** A dynamic import may compute what it imports. */
function specifierOf(token: Token): string {
  return token.kind === "string" ? token.text : computed;
}

/** Whether the statement that a specifier ends begins with `import type` or `export type`. */
function isTypeOnly(tokens: readonly Token[], index: number): boolean {
  if (tokens[index - 1]?.text !== "from") return false;
  const isStart = ({ text, kind }: Token) => kind === "word" && (text === "import" || text === "export");
  const start = tokens.findLastIndex((token, at) => at < index && isStart(token));
  const [type, next] = [tokens[start + 1]?.text, tokens[start + 2]?.text];
  return type === "type" && next !== "from" && next !== ",";
}

function isImported(tokens: readonly Token[], index: number): boolean {
  const before = (steps: number) => tokens[index - steps]?.text;
  if (before(1) === "(" && before(2) === "import" && before(3) !== ".") return true;
  if (tokens[index]?.kind !== "string") return false;
  if (before(1) === "import" || (before(1) === "from" && before(2) !== ".")) return true;
  if (before(1) !== "(") return false;
  const isResolve = before(2) === "resolve" && before(4) === "meta" && before(6) === "import";
  return before(2) === "require" || isResolve;
}

/** A word that names neither a member nor a property. */
function isGlobal(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text;
  return tokens[index]?.kind === "word" && before !== "." && before !== "?." && tokens[index + 1]?.text !== ":";
}

/** `Date` with what is done with it, any other word as it is. */
function globalName(tokens: readonly Token[], index: number): string {
  const name = tokens[index]?.text ?? "";
  if (name !== "Date") return name;
  // With an argument it is a mere calculation.
  if (tokens[index - 1]?.text === "new") return tokens[index + 2]?.text === ")" ? "new Date()" : name;
  return tokens[index + 1]?.text === "." ? `Date.${tokens[index + 2]?.text}` : name;
}
