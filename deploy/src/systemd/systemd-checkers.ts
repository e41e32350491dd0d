import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChecker } from "../run-checker.ts";
import type { Checker, CheckResult } from "../target.ts";
import { unitsFolder } from "./units.ts";

/** What `systemd-analyze security` may find at most, of 100: "OK" begins at 49. */
const exposureBound = 30;

/** systemd's own reader of units. */
export const verifyChecker: Checker = {
  name: "systemd-analyze verify",
  install: "apt-get install systemd",
  check: (folder) =>
    withUnits(folder, (units, names) =>
      runChecker({
        ...{ variable: "SYSTEMD_ANALYZE", program: "systemd-analyze", folder: units },
        // It says what it does not know, and ends with 0.
        isSilentIfRight: true,
        args: ["verify", "--man=no", "--recursive-errors=no", ...names.map((name) => `./${name}`)],
      }),
    ),
};

/** How much of the machine a unit could reach, were it taken over. */
export const securityChecker: Checker = {
  name: "systemd-analyze security",
  install: "apt-get install systemd",
  check: (folder) =>
    withUnits(folder, (units, names) =>
      runChecker({
        ...{ variable: "SYSTEMD_ANALYZE", program: "systemd-analyze", folder: units },
        args: [
          ...["security", "--offline=yes", "--no-pager", `--threshold=${exposureBound}`],
          ...names.filter((name) => name.endsWith(".service")).map((name) => `./${name}`),
        ],
      }),
    ),
};

/** In a copy that starts another program: those of the units need not be installed where the files are generated. */
async function withUnits(
  folder: string,
  check: (units: string, names: readonly string[]) => Promise<CheckResult>,
): Promise<CheckResult> {
  const units = mkdtempSync(join(tmpdir(), "exo-units-"));
  try {
    const names = readdirSync(join(folder, unitsFolder));
    for (const name of names) {
      const text = readFileSync(join(folder, unitsFolder, name), "utf8");
      writeFileSync(join(units, name), text.replace(/^ExecStart=\S+/m, "ExecStart=/bin/sh"));
    }
    return await check(units, names);
  } finally {
    rmSync(units, { recursive: true, force: true });
  }
}
