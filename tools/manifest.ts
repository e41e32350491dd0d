/** What the house reads and writes of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly license?: string;
  readonly engines?: { readonly node?: string };
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
  /** The declarations of the package itself, for what does not read `exports`. */
  readonly types?: string;
  readonly bugs: { readonly url: string };
  /** Provenance: npm publishes from a workflow alone, which signs from which commit a package was built. */
  readonly publishConfig: { readonly access: "public"; readonly provenance: true };
}

/**
 * The package.json to publish for a workspace: built JavaScript instead of TypeScript (Node strips no types under
 * node_modules), packages of the house pinned to exactly the version they were built with.
 *
 * @throws Error if it does not name its repository, without which npm takes no provenance
 */
export function publishedManifest(
  manifest: Manifest,
  version: string,
  houseVersions: ReadonlyMap<string, string>,
  files: readonly string[],
): PublishedManifest {
  const { exports = {}, devDependencies: _, private: __, ...rest } = manifest;
  const main = exports["."];
  return {
    ...rest,
    version,
    ...(main && isTypeScript(main) && { types: built(main, ".d.ts") }),
    bugs: { url: `${repositoryPage(manifest)}/issues` },
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
    publishConfig: { access: "public", provenance: true },
  };
}

/** The page of the repository that a package is in. */
function repositoryPage({ name, repository }: Manifest): string {
  if (!repository) throw new Error(`The package.json of ${name} does not say in which repository it is.`);
  return repository.url.replace(/^git\+/, "").replace(/\.git$/, "");
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
