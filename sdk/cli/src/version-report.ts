import { readFileSync } from "node:fs";
import { embeddedFile, packageVersion } from "@exosphere/process";

/** Which versions are at work. */
export interface VersionReport {
  readonly exo: string;
  readonly node: string;
  readonly platform: string;
  /** Packages of Exosphere that this `exo` runs, by name: those of its manifest. */
  readonly packages: Readonly<Record<string, string>>;
}

/** Looks up the versions of `exo`, of Node, and of the packages that `exo` loads. */
export function versionReport(exo: string): VersionReport {
  const embedded = embeddedFile("cli.json");
  const text = embedded ?? readFileSync(new URL("../package.json", import.meta.url));
  const manifest = JSON.parse(text.toString()) as { dependencies?: Readonly<Record<string, string>> };
  const names = Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith("@exosphere/"));
  const packages = Object.fromEntries(
    names.flatMap((name) => {
      const version = embedded ? exo : versionOf(name);
      return version === undefined ? [] : [[name, version]];
    }),
  );
  return { exo, node: process.versions.node, platform: `${process.platform}-${process.arch}`, packages };
}

/** Undefined for a package that is part of this one: what is published may bring others along. */
function versionOf(name: string): string | undefined {
  try {
    return packageVersion(import.meta.resolve(name));
  } catch {
    return undefined;
  }
}
