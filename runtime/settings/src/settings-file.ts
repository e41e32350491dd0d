import { createRequire } from "node:module";
import type { Document, LineCounter, Node, Pair } from "yaml";

/** A value in a settings file, as text. */
export interface FileEntry {
  readonly text: string;
  /** "exo.yml line 3, port", for mistakes. */
  readonly origin: string;
  /** Whether it is written as an array. */
  readonly isList: boolean;
}

/** What a settings file holds, by key: "max-payload". */
export interface SettingsFile {
  readonly entries: ReadonlyMap<string, FileEntry>;
  readonly mistakes: readonly string[];
}

/** Loaded where a process has a settings file, as most have none. */
function loadYaml(): typeof import("yaml") {
  const require = createRequire(import.meta.url);
  return require("yaml") as typeof import("yaml");
}

/**
 * Reads the text of a settings file, YAML or JSON, one key per setting. Values are kept as they are written, so that a
 * version 1.10 does not turn into 1.1; what they mean is the business of their setting.
 */
export function readSettingsFile(path: string, text: string): SettingsFile {
  const yaml = loadYaml();
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const entries = new Map<string, FileEntry>();
  const mistakes = document.errors.map((error) => `${place(path, lines, error.pos[0])}: ${error.message}`);
  if (mistakes.length > 0 || document.contents === null) return { entries, mistakes };
  if (!yaml.isMap<Node, Node | null>(document.contents)) {
    return { entries, mistakes: [`${path}: must consist of lines such as 'port: 4200'`] };
  }
  for (const pair of document.contents.items) {
    const key = yaml.isScalar(pair.key) ? String(pair.key.value) : "";
    const origin = `${place(path, lines, pair.key.range?.[0] ?? 0)}, ${key}`;
    const written = textOf(yaml, document, pair);
    if (written === undefined) mistakes.push(`${origin}: must be a single value or a list of them`);
    else entries.set(key, { ...written, origin });
  }
  return { entries, mistakes };
}

/** A value as text: an array as its items with commas between them, null as "". Undefined for anything nested deeper. */
function textOf(
  yaml: typeof import("yaml"),
  document: Document,
  pair: Pair<Node, Node | null>,
): Pick<FileEntry, "text" | "isList"> | undefined {
  const node = yaml.isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
  if (node === null || node === undefined) return { text: "", isList: false };
  if (yaml.isScalar(node))
    return { text: node.value === null ? "" : (node.source ?? String(node.value)), isList: false };
  if (!yaml.isSeq(node)) return undefined;
  const items = node.items.map((item) => (yaml.isScalar(item) ? (item.source ?? String(item.value)) : undefined));
  return items.includes(undefined) ? undefined : { text: items.join(","), isList: true };
}

function place(path: string, lines: LineCounter, offset: number): string {
  return `${path} line ${lines.linePos(offset).line}`;
}
