import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installed, root } from "../house.ts";
import { codecFile } from "./codec-file.ts";
import { enumOf, envelopeOf, messagesOf } from "./contract.ts";
import { envelopeFile } from "./envelope-file.ts";
import { factoriesFile } from "./factories-file.ts";
import { outcomesFile } from "./outcomes-file.ts";

/** Where the codec of frames is, in the repository and below any other folder that it is generated into. */
export const codecFolder = "runtime/frames/src/gen";

/** Generates the codec of frames, factories for their messages and the names of outcomes below a folder, of the descriptors there. */
export function generateCodec(folder: string, protoFolder: string): void {
  const descriptors = join(folder, protoFolder, "descriptors.binpb");
  const messages = messagesOf(descriptors);
  rmSync(join(folder, codecFolder), { recursive: true, force: true });
  mkdirSync(join(folder, codecFolder), { recursive: true });
  for (const message of messages) writeFormatted(folder, join(codecFolder, `${message.file}.ts`), codecFile(message));
  const envelope = envelopeOf(descriptors);
  writeFormatted(folder, join(codecFolder, "envelope.ts"), envelopeFile(envelope));
  writeFormatted(folder, join(protoFolder, "factories.ts"), factoriesFile([...messages, envelope]));
  writeFormatted(folder, join(protoFolder, "outcomes.ts"), outcomesFile(enumOf(descriptors, "Settlement.Outcome")));
}

/** Writes a file as the formatter of the repository lays out those of the codec, wherever it is. */
function writeFormatted(folder: string, path: string, code: string): void {
  const args = [
    installed("@biomejs/biome/bin/biome"),
    "check",
    "--write",
    `--stdin-file-path=${join(codecFolder, "any.ts")}`,
  ];
  const { stdout, status, stderr } = spawnSync(process.execPath, args, { cwd: root, input: code, encoding: "utf8" });
  if (status !== 0) throw new Error(`The code generated for ${path} cannot be laid out: ${stderr}`);
  writeFileSync(join(folder, path), stdout);
}
