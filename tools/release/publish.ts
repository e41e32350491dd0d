import { type NpmOptions, npm, tryNpm } from "./npm.ts";
import type { Tarball } from "./tarballs.ts";

/**
 * Publishes packages in their order, each after what it depends on. One that the registry has already in this version is passed over,
 * so that a release that broke off can be run again.
 *
 * @param say called with a line for each package
 * @throws NpmError if one cannot be published: those before it are
 */
export async function publish(
  tarballs: readonly Tarball[],
  options: NpmOptions,
  say: (line: string) => void,
): Promise<void> {
  for (const { name, version, file } of tarballs) {
    if (await isPublished(`${name}@${version}`, options)) {
      say(`${name}@${version} was there already`);
      continue;
    }
    await npm(["publish", "--provenance", "--access=public", file], options);
    say(`${name}@${version} published`);
  }
}

async function isPublished(spec: string, options: NpmOptions): Promise<boolean> {
  const { code, stdout } = await tryNpm(["view", spec, "version"], options);
  return code === 0 && stdout.trim() !== "";
}
