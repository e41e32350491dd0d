import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Checker, CheckResult, DeployFile, Deployment, Target } from "@exosphere/deploy";
import { writeFolder } from "./write-output.ts";

/** What one checker says. */
export interface Checked {
  readonly checker: Checker;
  readonly result: CheckResult;
}

/** Writes the files into a folder that goes away again, and has each checker of the target look at them there. */
export async function checkFiles(
  target: Target,
  deployment: Deployment,
  files: readonly DeployFile[],
): Promise<readonly Checked[]> {
  const parent = mkdtempSync(join(tmpdir(), "exo-deploy-"));
  const folder = join(parent, deployment.name);
  try {
    const secrets = target.secretFiles?.(deployment, () => undefined) ?? [];
    writeFolder(folder, { command: target.name, files, secrets });
    const checked: Checked[] = [];
    // One after the other: each uses the machine as it likes.
    for (const checker of target.checkers) checked.push({ checker, result: await checker.check(folder, deployment) });
    return checked;
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}
