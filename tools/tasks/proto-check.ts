// Is the generated code that is committed the one that proto/ generates?
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../house.ts";
import { differences, generate, generatedFolders } from "../proto.ts";

const fresh = mkdtempSync(join(tmpdir(), "exosphere-proto-"));
try {
  generate(fresh);
  const stale = generatedFolders.flatMap((folder) =>
    differences(join(root, folder), join(fresh, folder)).map((file) => join(folder, file)),
  );
  for (const file of stale) console.error(`${file} is not what proto/ generates.`);
  if (stale.length > 0) console.error("Run 'npm run proto:generate' and commit what it changes.");
  else console.log("The generated code is up to date.");
  process.exitCode = stale.length > 0 ? 1 : 0;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
