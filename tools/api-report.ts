import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** One declaration of a module. */
interface Declaration {
  readonly name: string;
  readonly text: string;
}

/**
 * The public surface of a package, by the emitted declarations of one entry: everything that the entry exports and everything
 * that those refer to, sorted by name, without comments, and without private and protected members. Two texts differ where the surface does.
 * `others`: declarations of other packages whose names the entry passes on, by the package.
 */
export function apiReport(entry: string, others: Readonly<Record<string, string>> = {}): string {
  const exported = exportsOf(entry);
  const constructible = exportsOf(entry, false);
  const known = new Map<string, Declaration>();
  for (const file of filesFrom(entry, others)) {
    for (const { name, text } of declarationsIn(file)) {
      // The nearest: another package may have a private one of the same name.
      if (known.has(name)) continue;
      // What is only a type cannot be made by its users.
      const shown = constructible.includes(name) ? text : text.replace(/^ {4}constructor\([\s\S]*?\);\n/m, "");
      known.set(name, { name, text: shown });
    }
  }
  const reported = new Set<string>();
  const queue = [...exported];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const declaration = known.get(name);
    if (!declaration || reported.has(name)) continue;
    reported.add(name);
    queue.push(...(declaration.text.match(/\b[A-Z]\w*\b/g) ?? []).filter((word) => known.has(word)));
  }
  const texts = [...reported].sort().map((name) => {
    const { text } = known.get(name) as Declaration;
    return exported.includes(name) ? text : text.replace(/^export /, "");
  });
  return texts.join("\n");
}

/** The names that an entry exports: all, or without those that are types alone. */
function exportsOf(entry: string, withTypes = true): string[] {
  const lists = [...read(entry).matchAll(/^export (type )?\{([^}]*)\}/gm)].filter(([, type]) => withTypes || !type);
  const names = lists.flatMap(([, , list]) => (list ?? "").split(",").map((each) => each.trim()));
  return names
    .filter((name) => name !== "" && (withTypes || !name.startsWith("type ")))
    .map((name) => name.replace(/^type /, ""));
}

/** The entry, and every file of the same package, or one of `others`, that leads on from it. */
function filesFrom(entry: string, others: Readonly<Record<string, string>>): string[] {
  const files = new Set([entry]);
  for (const file of files) {
    for (const [, specifier = ""] of read(file).matchAll(/(?:from|import\() ?"([^"]+)"/g)) {
      const near = normalize(join(dirname(file), specifier.replace(/\.[jt]s$/, ".d.ts")));
      const target = specifier.startsWith(".") ? near : others[specifier];
      if (target !== undefined && existsSync(target)) files.add(target);
    }
  }
  return [...files];
}

function declarationsIn(file: string): Declaration[] {
  const text = read(file)
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/^ +(?:#private|(?:private|protected) .*);\n/gm, "")
    .replace(/^(?:import|export (?:type )?\{)[\s\S]*?;$/gm, "")
    .replace(/\n\s*\n/g, "\n");
  return text.split(/^(?=(?:export |declare |type |interface ))/m).flatMap((part) => {
    const name = /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|function|const) (\w+)/.exec(
      part,
    )?.[1];
    return name === undefined ? [] : [{ name, text: `${part.trim()}\n` }];
  });
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}
