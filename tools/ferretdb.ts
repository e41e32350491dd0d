import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "./house.ts";

const module = "github.com/FerretDB/FerretDB";
const sources = join(root, "services/records/test/ferretdb");
const target = join(root, ".tools/ferretdb");

/**
 * Builds FerretDB 1, a server with MongoDB's protocol over SQLite, from its Go module, unless it is there. The tests of the
 * MongoDB store run against it where no `mongod` is found. Ends the process with exit code 1 where it cannot be built.
 */
export function buildFerretdb(): void {
  if (existsSync(target)) return;
  const folder = mkdtempSync(join(tmpdir(), "exosphere-ferretdb-"));
  try {
    cpSync(sources, folder, { recursive: true });
    go(folder, "mod", "vendor");
    // Its releases are made from a checkout that has this file; the module lacks it, and the server demands it.
    const [, version] = /FerretDB\/FerretDB (v[\d.]+)/.exec(readFileSync(join(folder, "go.mod"), "utf8")) ?? [];
    writeFileSync(join(folder, "vendor", module, "build/version/version.txt"), `${version}\n`);
    mkdirSync(dirname(target), { recursive: true });
    go(folder, "build", "-mod=vendor", "-tags=ferretdb_no_postgresql", `-o=${target}`, `${module}/cmd/ferretdb`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function go(folder: string, ...args: string[]): void {
  const { status, error } = spawnSync("go", args, { cwd: folder, stdio: "inherit" });
  if (status === 0) return;
  console.error(error ? "FerretDB is built by Go 1.24 or newer, which is not here." : `go ${args[0]} failed.`);
  process.exit(1);
}
