import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buf } from "./buf.ts";
import { envoyApiFolder, generateEnvoyApi } from "./envoy-api.ts";
import { root } from "./house.ts";
import { codecFolder, generateCodec } from "./wire-codec/generate.ts";

const protoFolder = "proto/src/gen";

/** Where generated code is, in the repository and below any other folder that it is generated into. */
const generatedFolders = [protoFolder, codecFolder, envoyApiFolder] as const;

/** Generates code from proto/ into the repository. */
export function generateInPlace(): void {
  generate(root);
}

/** Sets the exit code to 1, and says why, if the generated code that is committed is not what proto/ generates. */
export function checkGenerated(): void {
  const fresh = mkdtempSync(join(tmpdir(), "exosphere-proto-"));
  try {
    generate(fresh);
    const stale = generatedFolders.flatMap((folder) =>
      differences(join(root, folder), join(fresh, folder)).map((file) => `${folder}/${file}`),
    );
    for (const file of stale) console.error(`${file} is not what is generated.`);
    if (stale.length > 0) console.error("Run 'npm run proto:generate' and commit what it changes.");
    else console.log(`${generatedFolders.join(" and ")} are up to date.`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * Lints proto/ and compares it with proto/released.binpb: what was released once keeps working. Sets the exit code.
 *
 * At a release, after the version is tagged, the comparison moves on to what was just released:
 * `tools/proto-tools/node_modules/.bin/buf build -o proto/released.binpb`.
 */
export function lintContract(): void {
  const lint = buf("lint");
  const breaking = buf("breaking", "--against", "proto/released.binpb");
  if (breaking !== 0)
    console.error("That breaks peers of the last release: add to the contract instead of changing it.");
  process.exitCode = lint || breaking;
}

/** Generates the TypeScript code, the descriptors that gRPC reflection serves and the codec of frames, below a folder. */
function generate(folder: string): void {
  const descriptors = join(folder, protoFolder, "descriptors.binpb");
  const status =
    buf("generate", "--output", folder) ||
    // Comments and positions would double its size, and nobody asks reflection for them.
    buf("build", "--as-file-descriptor-set", "--exclude-source-info", "--output", descriptors);
  if (status !== 0) throw new Error("buf cannot generate code from proto/; it says why above.");
  shareEmptyBytes(join(folder, protoFolder));
  leaveOutClients(join(folder, protoFolder));
  generateCodec(folder, protoFolder);
  generateEnvoyApi(folder);
}

/**
 * Generated clients make every module that imports a message load grpc-js, which takes longer than all else that an SDK loads. Who needs
 * a client makes it of the service's definition, as `proto/src/clients.ts` does.
 */
function leaveOutClients(folder: string): void {
  for (const name of filesOf(folder).filter((file) => file.endsWith(".ts"))) {
    const file = join(folder, name);
    const code = readFileSync(file, "utf8");
    const [imports, names] = /^import \{([^}]*)\} from "@grpc\/grpc-js";\n/m.exec(code) ?? [];
    if (imports === undefined || names === undefined) continue;
    const kept = code
      .replace(imports, "")
      .replace(/^export const \w+ = makeGenericClientConstructor\([\s\S]*?^\};\n\n?/gm, "");
    const used = names
      .split(",")
      .map((each) => each.trim().replace(/^type /, ""))
      .filter((each) => each !== "" && new RegExp(`\\b${each}\\b`).test(kept));
    const types = `import type { ${used.join(", ")} } from "@grpc/grpc-js";\n`;
    writeFileSync(file, code.slice(0, code.indexOf(imports)) + types + kept.slice(code.indexOf(imports)));
  }
}

/**
 * ts-proto fills in each absent `bytes` field with an array of its own, and does so before it decodes what is there: four
 * allocations per envelope, two per message. One array serves them all, as nothing can be written into it.
 */
function shareEmptyBytes(folder: string): void {
  for (const name of filesOf(folder).filter((file) => file.endsWith(".ts"))) {
    const file = join(folder, name);
    const code = readFileSync(file, "utf8");
    if (!code.includes("new Uint8Array(0)")) continue;
    const shared = code.replaceAll("new Uint8Array(0)", "emptyBytes");
    writeFileSync(file, `${shared}\nconst emptyBytes: Uint8Array = new Uint8Array(0);\n`);
  }
}

/** Files that differ between two folders, or are in only one of them. */
function differences(left: string, right: string): string[] {
  const names = new Set([...filesOf(left), ...filesOf(right)]);
  return [...names].filter((name) => content(join(left, name)) !== content(join(right, name))).sort();
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function content(file: string): string | undefined {
  try {
    return readFileSync(file, "base64");
  } catch {
    return undefined;
  }
}
