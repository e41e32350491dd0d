import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "./house.ts";
import { tasks } from "./tasks.ts";

/** The module is JavaScript, for Node 20. */
const { missingPackages, tasksWithoutTestTools } = (await import(new URL("install.mjs", import.meta.url).href)) as {
  missingPackages(root: string, task: string): { readonly args: readonly string[] } | undefined;
  readonly tasksWithoutTestTools: readonly string[];
};

/** Installs into a folder as `npm start` does, with a script in the place of npm. */
const program = `
  const { installMissing } = await import(${JSON.stringify(join(root, "tools/install.mjs"))});
  await installMissing(process.argv[1], "start").catch(({ message }) => console.log(message));
`;

describe("installing what a task needs", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "exosphere-install-"));
    write("package-lock.json");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (file: string, text = "") => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const argsFor = (task: string) => missingPackages(folder, task)?.args.join(" ");
  const install = (npm: string) => {
    write("npm.cjs", npm);
    const env = { ...process.env, npm_execpath: join(folder, "npm.cjs") };
    return spawnSync(process.execPath, ["--input-type=module", "-e", program, folder], { encoding: "utf8", env });
  };

  it("leaves the test tools out for a task that needs none", () => {
    assert.equal(argsFor("start"), "ci --omit=dev");
    assert.equal(argsFor("test"), "ci --include=dev");
  });

  it("installs nothing that is there", () => {
    write("node_modules/.package-lock.json");
    assert.equal(argsFor("start"), undefined);
    write("node_modules/mocha/package.json");
    assert.equal(argsFor("test"), undefined);
  });

  it("adds test tools without taking away what a running application stands on", () => {
    write("node_modules/.package-lock.json");
    assert.equal(argsFor("lint"), "install --no-save --include=dev");
  });

  it("brings all that was there up to date when the lockfile has changed", () => {
    write("node_modules/.package-lock.json");
    write("node_modules/mocha/package.json");
    utimesSync(join(folder, "node_modules/.package-lock.json"), 1, 1);
    assert.equal(argsFor("start"), "ci --include=dev");
  });

  it("knows the tasks that need no test tools by names that exist", () => {
    assert.deepEqual(
      tasksWithoutTestTools.filter((name) => !Object.hasOwn(tasks, name)),
      [],
    );
  });

  it("says in two lines that it installs and how long it took, and removes Node's headers", () => {
    const headers = `node_modules/node-${process.platform}-${process.arch}/include/node.h`;
    write(headers);
    const { stdout, stderr } = install('console.error("npm http fetch GET 200 a/-/a-1.0.0.tgz 5ms")');
    assert.match(stderr, /^Installing packages \(once\) …\nInstalled packages in \d+ s\.\n$/);
    assert.equal(stdout, "");
    assert.equal(existsSync(join(folder, headers)), false);
  });

  it("shows what npm says when it fails, and not what it warns of", () => {
    const { stdout } = install(
      'console.error("npm warn a\\nnpm error code E404\\nnpm error no such package"); process.exit(1)',
    );
    assert.equal(stdout, "npm could not install the packages.\nnpm error code E404\nnpm error no such package\n");
  });
});
