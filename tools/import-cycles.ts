import { dirname, join } from "node:path/posix";
import { housePackage } from "./import-rules.ts";
import type { SourceFile, SourceTree } from "./imports.ts";

/**
 * Files that import each other in a circle when the code runs: each circle as `a.ts -> b.ts -> a.ts`. Type-only imports do
 * not count: an instance and its role may name each other's type without either needing the other to load.
 */
export function importCycles(tree: SourceTree): string[] {
  const graph = new Map(tree.files.map((file) => [file.path, targetsOf(file, tree)]));
  const cycles: string[] = [];
  const state = new Map<string, "open" | "done">();
  const path: string[] = [];
  const visit = (file: string): void => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      cycles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
      return;
    }
    state.set(file, "open");
    path.push(file);
    for (const target of graph.get(file) ?? []) visit(target);
    path.pop();
    state.set(file, "done");
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}

function targetsOf(file: SourceFile, tree: SourceTree): string[] {
  return file.imports.flatMap(({ specifier, isTypeOnly }) => {
    if (isTypeOnly) return [];
    if (specifier.startsWith(".")) return [join(dirname(file.path), specifier)];
    const target = housePackage(specifier, tree.packages);
    const entry = target?.manifest.exports?.[`.${specifier.slice(target.manifest.name.length)}`];
    return target === undefined || entry === undefined ? [] : [join(target.folder, entry)];
  });
}
