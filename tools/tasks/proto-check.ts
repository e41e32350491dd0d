// Is the generated code that is committed the one that proto/ generates?
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../house.ts";
import { differences, generate, generatedFolder } from "../proto.ts";

const fresh = mkdtempSync(join(tmpdir(), "exosphere-proto-"));
try {
  generate(fresh);
  const stale = differences(join(root, generatedFolder), join(fresh, generatedFolder));
  for (const file of stale) console.error(`${generatedFolder}/${file} is not what proto/ generates.`);
  if (stale.length > 0) console.error("Run 'npm run proto:generate' and commit what it changes.");
  else console.log(`${generatedFolder} is up to date.`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
