import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Found, ok, type Patient, warning } from "./finding.ts";

/** Versions of Node and of exo, and packages of Exosphere beside the application that are of another version. */
export function checkVersions({ version, folder, application }: Patient): readonly Found[] {
  const folders = [folder, ...(application?.services ?? []).flatMap(({ directory }) => directory ?? [])];
  const scopes = [...new Set(folders.flatMap(foldersUpwards))].map((each) => join(each, "node_modules/@exosphere"));
  const differing = scopes.flatMap((scope) =>
    packagesIn(scope)
      .filter((each) => each.version !== version)
      .map((each) =>
        warning(`${each.name} is ${each.version} in ${scope}, and exo is ${version}; install the same version of all`),
      ),
  );
  return [ok(`exo ${version}, Node ${process.version} on ${process.platform} ${process.arch}`), ...differing];
}

function foldersUpwards(folder: string): string[] {
  return dirname(folder) === folder ? [folder] : [folder, ...foldersUpwards(dirname(folder))];
}

function packagesIn(scope: string): { readonly name: string; readonly version: string }[] {
  const names = existsSync(scope) ? readdirSync(scope) : [];
  return names.flatMap((name) => {
    try {
      const { version } = JSON.parse(readFileSync(join(scope, name, "package.json"), "utf8")) as { version?: string };
      return version === undefined ? [] : [{ name: `@exosphere/${name}`, version }];
    } catch {
      return []; // not a package
    }
  });
}
