import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { sidecarVolumes } from "../src/core/sidecar-parts.ts";
import { annotations } from "../src/core/wanted-sidecar.ts";
import { appEnvironment, roleLabel, tokenKeys } from "../src/pod.ts";

const page = readFileSync(new URL("../../../docs/reference/kubernetes.md", import.meta.url), "utf8");

/** What stands in backticks in the first cells of the tables of a section. */
function firstCells(heading: string): string[] {
  const section = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? assert.fail(heading);
  const rows = [...section.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = ""]) => cell);
  return rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

describe("docs/reference/kubernetes.md", () => {
  it("lists every label and annotation, and no other", () => {
    assert.deepEqual(firstCells("Labels"), [roleLabel]);
    assert.deepEqual(firstCells("Annotations").sort(), Object.values(annotations).sort());
  });

  it("lists the keys of the Secret", () => {
    const { role, ...keys } = tokenKeys;
    assert.deepEqual(firstCells("Secrets").sort(), [...Object.values(keys), role("<role>")].sort());
  });

  it("names the variables and volumes that a pod is given", () => {
    const variables = appEnvironment({ role: "users", appPort: 1 }).map(({ name }) => `\`${name}\``);
    assert.ok(page.includes(`| ${variables.join(", ")}; `), variables.join(", "));
    for (const { name } of sidecarVolumes({ role: "users", tokensSecret: "a" }))
      assert.ok(page.includes(`\`${name}\` `), name);
  });
});
