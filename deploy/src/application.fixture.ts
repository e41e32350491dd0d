import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readApplication } from "@exosphere/application";
import type { Deployment } from "./deployment.ts";
import { deploymentOf } from "./deployment-of.ts";
import type { DeployFile } from "./target.ts";

/** An application in a folder of its own. */
export class DeployedFolder {
  readonly root: string;

  constructor(files: Readonly<Record<string, string>>) {
    this.root = mkdtempSync(join(tmpdir(), "exo-deployment-"));
    this.write(files);
  }

  /** Writes files of the application, by relative path. */
  write(files: Readonly<Record<string, string>>, folder = ""): string {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.root, folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return join(this.root, folder);
  }

  /** Writes what a target generates into a folder beside it. */
  generate(files: readonly DeployFile[]): string {
    return this.write(Object.fromEntries(files.map(({ path, text }) => [path, text])), "deploy/x");
  }

  get deployment(): Deployment {
    return deploymentOf(readApplication(this.root), { output: join(this.root, "deploy/x"), platformVersion: "0.1.0" });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
