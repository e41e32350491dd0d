import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { type Plugin, type RolldownOutput, rolldown } from "rolldown";
import { root } from "../house.ts";
import { embedProtoFiles } from "./embedded-protos.ts";

/** A part of the program: the first is loaded at the start, the others by what needs them. */
export interface ProgramPart {
  /** "program.cjs", or the name of what is loaded later. */
  readonly name: string;
  readonly code: string;
}

/** The program of the single executable as CommonJS, the one kind of script that Node runs from there. */
export interface BundledProgram {
  readonly parts: readonly ProgramPart[];
  /** Absolute paths of all modules in it. */
  readonly modules: readonly string[];
}

/** Puts all commands, with everything that they are made of, into a few scripts. Throws an Error where something is left out. */
export async function bundleProgram(): Promise<BundledProgram> {
  const bundle = await rolldown({
    cwd: root,
    input: { program: "tools/binaries/program.ts" },
    platform: "node",
    plugins: [bundleRequired, embedProtoFiles],
    onLog(level, log, report) {
      // Of files that are looked for beside the sources: a single executable has them embedded, and does not get there.
      if (log.code === "EMPTY_IMPORT_META" && knownMeta.some((file) => log.id?.endsWith(file))) return;
      if (level === "warn") report(level, log);
    },
  });
  const { output } = await bundle.generate({
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name]-[hash].cjs",
    dynamicImportInCjs: false,
  });
  await bundle.close();
  return programOf(output);
}

/** What finds files by `import.meta`, and asks for embedded ones first. */
const knownMeta = [
  "broker/src/grpc/health-and-reflection.ts",
  "runtime/process/src/version.ts",
  "sdk/cli/src/run/run-command.ts",
  "sdk/cli/src/version-report.ts",
  "services/analytics/src/http/page-files.ts",
];

/**
 * Our modules load some packages only when they are needed, by a `require` of their own making. Without its making it is the one that
 * the bundler knows.
 */
const bundleRequired: Plugin = {
  name: "bundle-required",
  load(id) {
    if (!id.endsWith(".ts") || id.includes("/node_modules/")) return null;
    const code = readFileSync(id, "utf8");
    const bundled = code.replace(/^ *const require = createRequire\(.*\);$/m, "");
    if (/createRequire\(/.test(bundled))
      throw new Error(`${id}: write 'const require = createRequire(import.meta.url);', so that it can be bundled.`);
    const known = /packageVersion\(import\.meta\.url\)|^ *(?:\/\/|\*).*$/gm;
    const finds = bundled.replace(known, "").includes("import.meta");
    if (finds && !knownMeta.some((file) => id.endsWith(file)))
      throw new Error(
        `${id} finds files by import.meta: embed them in tools/binaries, use embeddedFile, and list it here.`,
      );
    return { code: bundled, moduleType: "ts" };
  },
};

function programOf(output: RolldownOutput["output"]): BundledProgram {
  const chunks = output.filter((part) => part.type === "chunk");
  const parts = chunks.map(({ fileName, code }) => ({ name: fileName, code }));
  const known = new Set(parts.map(({ name }) => name));
  for (const { fileName, imports, dynamicImports } of chunks) {
    const missing = [...imports, ...dynamicImports].filter((id) => !known.has(id) && !isBuiltin(id));
    if (missing.length > 0) throw new Error(`${fileName} needs ${missing.join(", ")}, which is not in the program.`);
  }
  return { parts, modules: chunks.flatMap(({ moduleIds }) => moduleIds).filter((id) => id.startsWith("/")) };
}
