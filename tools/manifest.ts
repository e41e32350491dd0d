/** What the house reads and writes of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly homepage?: string;
  readonly repository?: { readonly type: string; readonly url: string; readonly directory?: string };
  readonly workspaces?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** What a published package.json says where the one in the tree has TypeScript files. */
export interface PublishedManifest extends Omit<Manifest, "exports" | "private" | "devDependencies"> {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly files: readonly string[];
  readonly publishConfig: { readonly access: "public" };
}

/**
 * The package.json to publish for a workspace: built JavaScript instead of TypeScript (Node strips no types under
 * node_modules), packages of the house pinned to exactly the version they were built with.
 */
export function publishedManifest(
  manifest: Manifest,
  version: string,
  houseVersions: ReadonlyMap<string, string>,
  files: readonly string[],
): PublishedManifest {
  const { exports = {}, devDependencies: _, private: __, ...rest } = manifest;
  return {
    ...rest,
    version,
    exports: mapValues(exports, (file) =>
      isTypeScript(file) ? { types: built(file, ".d.ts"), default: built(file, ".js") } : file,
    ),
    ...(rest.bin && { bin: mapValues(rest.bin, (file) => built(file, ".js")) }),
    ...(rest.dependencies && {
      dependencies: mapValues(rest.dependencies, (range, name) => houseVersions.get(name) ?? range),
    }),
    ...(rest.peerDependencies && {
      peerDependencies: mapValues(rest.peerDependencies, (range, name) => houseVersions.get(name) ?? range),
    }),
    files,
    publishConfig: { access: "public" },
  };
}

function isTypeScript(file: string): boolean {
  return file.endsWith(".ts");
}

function built(file: string, extension: ".js" | ".d.ts"): string {
  return isTypeScript(file) ? `${file.slice(0, -".ts".length)}${extension}` : file;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
