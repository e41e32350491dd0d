import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import type { Tarball } from "./tarballs.ts";

/** Problems of types that are as they are meant: `require` of an ES module works in every Node that these packages run on. */
const intended = new Set(["CJSResolvesToESM"]);

/** Ways to resolve a package that it does not support: Node 10 knows no `exports`. */
const unsupported = new Set(["node10"]);

/** What publint and Are the types wrong? have to say against a packed package, a line each. */
export async function tarballProblems(tarball: Tarball): Promise<string[]> {
  return [...(await publintProblems(tarball)), ...(await typeProblems(tarball))];
}

async function publintProblems({ name, file, manifest }: Tarball): Promise<string[]> {
  const { messages, pkg } = await publint({ pack: { tarball: bytesOf(file) }, strict: true, level: "warning" });
  if (pkg.name !== manifest.name) throw new Error(`publint has read ${String(pkg.name)} in the tarball of ${name}.`);
  return messages.map(
    (message) => `${name}: publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`,
  );
}

async function typeProblems({ name, file, manifest }: Tarball): Promise<string[]> {
  const typed = Object.entries(manifest.exports).filter(([, target]) => typeof target !== "string");
  if (typed.length === 0) return [];
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(bytesOf(file))), {
    entrypoints: typed.map(([path]) => path),
  });
  if (!result.types) return [`${name}: it has no types`];
  return result.problems
    .filter(({ kind }) => !intended.has(kind))
    .filter((problem) => !("resolutionKind" in problem && unsupported.has(problem.resolutionKind)))
    .map((problem) => `${name}: types: ${problem.kind}${"entrypoint" in problem ? ` of ${problem.entrypoint}` : ""}`);
}

function bytesOf(file: string): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  return (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength);
}
