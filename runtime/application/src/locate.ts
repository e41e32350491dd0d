import { readFileSync } from "node:fs";
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";

/** What is looked for in a file. */
export interface Wanted {
  /** A key below which it stands, at any depth: the name of a role. */
  readonly under?: string;
  /** The key whose value, or an item of whose list, it is: `sends`. */
  readonly key: string;
  /** The text itself; in a list of maps, the `name` of one. Undefined: the key, whatever its value is. */
  readonly value?: string;
}

/** Where something stands in application.yml or service.yml, in whichever spelling; counted from 1. Undefined: nowhere. */
export function locate(file: string, wanted: Wanted): { readonly line: number; readonly column: number } | undefined {
  const lines = new LineCounter();
  const document = parseDocument(textOf(file), { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const found = find(document.contents, [], wanted);
  if (found?.range === undefined || found.range === null) return undefined;
  const { line, col } = lines.linePos(found.range[0]);
  return { line, column: col };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // gone since it was read
  }
}

function find(node: Node | null, path: readonly string[], wanted: Wanted): Node | undefined {
  if (isScalar(node)) return isWanted(node.value, path, wanted) ? node : undefined;
  if (isSeq(node)) return firstOf(node.items, (item) => find(item as Node | null, path, wanted));
  if (!isMap(node)) return undefined;
  return firstOf(node.items, ({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : "";
    const isKey = wanted.value === undefined && name === wanted.key && isBelow(path, wanted);
    return isKey ? (key as Node) : find(value as Node | null, [...path, name], wanted);
  });
}

function isWanted(value: unknown, path: readonly string[], wanted: Wanted): boolean {
  if (wanted.value === undefined || value !== wanted.value || !isBelow(path, wanted)) return false;
  const last = path.at(-1) === "name" && path.at(-2) === wanted.key ? path.at(-2) : path.at(-1);
  return last === wanted.key;
}

function isBelow(path: readonly string[], { under }: Wanted): boolean {
  return under === undefined || path.includes(under);
}

function firstOf<Item, Result>(items: readonly Item[], use: (item: Item) => Result | undefined): Result | undefined {
  for (const item of items) {
    const result = use(item);
    if (result !== undefined) return result;
  }
  return undefined;
}
