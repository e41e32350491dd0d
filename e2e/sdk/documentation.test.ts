import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { catalogue } from "@exosphere/proto";
import { service } from "@exosphere/sdk";
import { ProcessUnderTest } from "@exosphere/testkit";
import { SdkMesh } from "./sdk-mesh.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
/** Whole programs: a fragment imports nothing. */
const isWhole = (program: string) => program.startsWith("import ");
const textOf = (path: string) => readFileSync(join(repository, path), "utf8");
const programsOf = (path: string) =>
  [...textOf(path).matchAll(/```ts\n(.*?)```/gs)].map(([, program]) => program ?? "").filter(isWhole);

const routes = {
  web: { sends: ["tweets.create"], receives: ["tweets.created"] },
  tweets: { sends: ["tweets.created", "user.get-details"], receives: ["tweets.create", "user.details"] },
  users: { sends: ["user.details"], receives: ["user.get-details"] },
};

describe("The documentation of the SDK", function () {
  this.timeout(120_000);
  const mesh = new SdkMesh();
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "sdk-docs-"));
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  });
  after(async () => {
    await mesh.stop();
    rmSync(folder, { recursive: true });
  });

  it("shows programs that type-check", () => {
    const programs = ["README.md", "sdk/README.md", "docs/sdk.md"].flatMap(programsOf);
    assert.ok(programs.length > 7);
    for (const [index, program] of programs.entries()) writeFileSync(join(folder, `program-${index}.ts`), program);
    const config = { extends: join(repository, "tsconfig.json"), include: ["*.ts"], exclude: [] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const compiler = join(repository, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
    assert.equal(status, 0, stdout);
  });

  it("shows first a program that runs", async () => {
    const [program] = programsOf("sdk/README.md");
    assert.equal(programsOf("README.md")[0], program);
    writeFileSync(join(folder, "first.ts"), program ?? "");
    const { port } = await mesh.startBroker({ routes });
    const broker = `127.0.0.1:${port}`;
    const details = { name: "user.details", payload: { name: "Ada" } };
    const users = service("users", { "user.get-details": () => details }, { broker, signals: false, log: mesh.log });
    mesh.keep({ stop: async () => users.close() });
    const entry = pathToFileURL(join(folder, "first.ts"));
    const run = mesh.keep(new ProcessUnderTest({ entry, args: [], env: { EXOCOM_BROKER: broker } }));
    assert.equal((await run.exited).code, 0, run.stderr.join("\n"));
    assert.equal(run.stdout.join(""), "{ tweet: { content: 'Hello' }, owner: { name: 'Ada' } }");
  });

  it("has every option, and no other", () => {
    const known = optionsKnown();
    const table = textOf("docs/sdk.md").split("## Options\n")[1]?.split("\n## ")[0] ?? "";
    const documented = [...table.matchAll(/^\| `(\w+)` \| (both|`\w+`) \| (.+?) \| (.+?) \| (.+?) \|$/gm)];
    assert.deepEqual(documented.map(([, name]) => name).sort(), known.sort());
  });

  it("has every error, and no other", () => {
    const documented = [
      ...(textOf("docs/sdk.md").split("## Errors\n")[1] ?? "").matchAll(/^\| `([A-Z_]+)` \| .+ \| .+ \|$/gm),
    ];
    assert.deepEqual(documented.map(([, reason]) => reason).sort(), Object.keys(catalogue).sort());
  });

  it("is beside every export of the package", () => {
    const bare: string[] = [];
    for (const [, names, file] of textOf("sdk/src/index.ts").matchAll(
      /^export (?:type )?\{([^}]*)\} from "\.\/(.*?)";/gms,
    )) {
      const source = textOf(`sdk/src/${file}`);
      for (const name of (names ?? "").split(",").map((each) => each.trim().replace(/^type /, ""))) {
        if (name === "") continue;
        const declared = new RegExp(
          `\\*/\\n(?://.*\\n)*export (?:abstract )?(?:class|function|const|interface|type) ${name}\\b`,
        );
        if (!declared.test(source)) bare.push(`${name} of ${file}`);
      }
    }
    assert.deepEqual(bare, []);
  });
});

/** The options that service() and connect() take, as their refusal of another one tells. */
function optionsKnown(): string[] {
  try {
    service("users", {}, { thereIsNoSuchOption: 1 } as never);
  } catch (error) {
    return [...((error as Error).message.split("there are ")[1] ?? "").matchAll(/\w+/g)].map(([name]) => name);
  }
  return assert.fail("an unknown option was taken");
}
