import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubernetesFile } from "./kubernetes-files.ts";

/** An object of Kubernetes, as a test looks at it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [key: string]: unknown };
  // biome-ignore lint/suspicious/noExplicitAny: an object of any kind, of which a test knows what to expect.
  readonly [key: string]: any;
}

/** The objects in a text, by kind and name. */
export function manifestsIn(text: string): Map<string, Manifest> {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return new Map();
  return new Map(
    documents.flatMap((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      const object = document.toJS() as Manifest | null;
      return object === null ? [] : [[`${object.kind} ${object.metadata.name}`, object] as const];
    }),
  );
}

/** The objects of all files below a folder. */
export function manifestsBelow(files: readonly KubernetesFile[], folder: string): Map<string, Manifest> {
  const below = files.filter(({ path }) => path.startsWith(`${folder}/`));
  return new Map(below.flatMap(({ text }) => [...manifestsIn(text)]));
}

/** Files in a folder of their own. */
export class WrittenFiles {
  readonly folder: string = mkdtempSync(join(tmpdir(), "exo-kubernetes-"));

  constructor(files: readonly KubernetesFile[]) {
    for (const { path, text } of files) {
      const file = join(this.folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  path(below: string): string {
    return join(this.folder, below);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
