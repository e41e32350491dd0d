import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PublishedManifest } from "../manifest.ts";
import { publish } from "./publish.ts";

/** Stands in for npm: writes down what it was told. `there@1.0.0` is published already, and `broken` cannot be. */
const program = `
  const { appendFileSync } = require("node:fs");
  const [command, ...args] = process.argv.slice(2);
  appendFileSync("calls", [command, ...args].join(" ") + "\\n");
  if (command === "view" && args[0] === "there@1.0.0") console.log("1.0.0");
  else if (command === "view") process.exitCode = 1;
  if (args.includes("broken.tgz")) { console.error("npm error code E403"); process.exitCode = 1; }
`;

describe("publishing", () => {
  const folder = mkdtempSync(join(tmpdir(), "exosphere-publish-"));
  const { npm_execpath: usual } = process.env;
  const said: string[] = [];
  const calls = () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  const packed = (...names: readonly string[]) =>
    names.map((name) => ({ name, version: "1.0.0", file: `${name}.tgz`, manifest: {} as PublishedManifest }));

  beforeEach(() => {
    writeFileSync(join(folder, "npm.cjs"), program);
    writeFileSync(join(folder, "calls"), "");
    said.length = 0;
    process.env.npm_execpath = join(folder, "npm.cjs");
  });
  afterEach(() => {
    if (usual === undefined) delete process.env.npm_execpath;
    else process.env.npm_execpath = usual;
  });
  after(() => rmSync(folder, { recursive: true }));

  it("passes each package with provenance to npm, in order, and over those that are there", async () => {
    await publish(packed("first", "there", "last"), { cwd: folder }, (line) => said.push(line));
    const published = calls().filter((call) => call.startsWith("publish"));
    assert.deepEqual(published, [
      "publish --provenance --access=public first.tgz",
      "publish --provenance --access=public last.tgz",
    ]);
    assert.deepEqual(said, ["first@1.0.0 published", "there@1.0.0 was there already", "last@1.0.0 published"]);
  });

  it("ends at the first that npm refuses, and says why", async () => {
    const publishing = publish(packed("broken", "last"), { cwd: folder }, (line) => said.push(line));
    await assert.rejects(publishing, /npm publish failed: npm error code E403/);
    assert.equal(
      calls().some((call) => call.includes("last")),
      false,
    );
  });
});
