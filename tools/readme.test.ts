import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./house.ts";

describe("tools/README.md", () => {
  it("names every tool, and no other", () => {
    const readme = readFileSync(join(root, "tools/README.md"), "utf8");
    const rows = readme.split("\n").filter((line) => line.startsWith("| `"));
    const named = rows.flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
    );
    const tools = readdirSync(join(root, "tools"), { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? `${entry.name}/` : entry.name,
    );
    // Tests of a tool go without saying; those that stand alone are tools themselves.
    const isOfTool = (name: string) =>
      [".ts", ".mjs"].some((end) => tools.includes(name.replace(/(\.slow)?\.test\.ts$/, end)));
    const wanted = tools.filter((name) => name !== "README.md" && !(name.endsWith(".test.ts") && isOfTool(name)));
    assert.deepEqual(named.toSorted(), wanted.filter((name) => name !== "readme.test.ts").toSorted());
  });
});
