import { packageManifest, packageVersion } from "@exosphere/process";

/** Which versions are at work. */
export interface VersionReport {
  readonly exo: string;
  readonly node: string;
  readonly platform: string;
  /** Packages of Exosphere that this `exo` runs, by name: those of its manifest. A single executable has none. */
  readonly packages: Readonly<Record<string, string>>;
}

/** Looks up the versions of `exo`, of Node, and of the packages that `exo` loads. */
export function versionReport(exo: string): VersionReport {
  const names = Object.keys(packageManifest(import.meta.url).dependencies);
  const packages = names
    .filter((name) => name.startsWith("@exosphere/"))
    .map((name) => [name, packageVersion(import.meta.resolve(name))] as const);
  const platform = `${process.platform}-${process.arch}`;
  return { exo, node: process.versions.node, platform, packages: Object.fromEntries(packages) };
}
