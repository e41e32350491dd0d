import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isInstalled, type Language as Toolchain, languages as toolchains } from "@exosphere/testkit/languages";
import type { RunRecord } from "../src/run/run-record.ts";
import { languages } from "../src/scaffold/languages.ts";
import { exo as command } from "./exo-command.fixture.ts";
import { ExoRun } from "./exo-run.fixture.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** A compiler's first run on a busy machine, with nothing in its cache. Seconds. */
const startBoundS = 100;

/** Languages that compile into the folder of their service, and the suffix of their sources. */
const compiled: Readonly<Record<string, string>> = { go: "go", rust: "rs" };

describe("services that exo add writes", function () {
  this.timeout((startBoundS + 20) * 1000);
  const parent = mkdtempSync(join(tmpdir(), "exo-added-"));
  const folder = join(parent, "shop");
  const env = { PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  const all = Object.keys(languages);
  const present = all.filter((language) => {
    const toolchain = toolchainOf(language);
    return toolchain === undefined || isInstalled(toolchain);
  });
  let exo: ExoRun;

  before(async () => {
    assert.equal((await command(["init", folder], { env })).code, 0);
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(repository, "node_modules/@exosphere"), join(folder, "node_modules/@exosphere"));
    for (const language of present) {
      const added = await command(["add", "service", `my-${language}`, "--language", language], { cwd: folder, env });
      assert.deepEqual([added.code, added.stderr], [0, ""]);
    }
    const yml = join(folder, "web/service.yml");
    const asked = present.map((language) => `    - my-${language}.greet\n`).join("");
    const answered = present.map((language) => `    - my-${language}.greeted\n`).join("");
    const text = readFileSync(yml, "utf8");
    writeFileSync(yml, `${text.replace("    - greeter.greet\n", (line) => line + asked)}${answered}`);
    exo = new ExoRun(["--watch", `--online-timeout=${startBoundS}s`], { EXO_RUN_FILE: "true" }, "run", folder);
    await exo.ready();
  });
  after(async () => {
    await exo?.end("SIGTERM");
    rmSync(parent, { recursive: true, force: true });
  });

  async function greet(language: string): Promise<string> {
    const { services } = JSON.parse(readFileSync(join(folder, ".exosphere/run.json"), "utf8")) as RunRecord;
    const web = services.find(({ role }) => role === "web")?.sidecarUrl;
    const headers = { "exo-deadline": `${startBoundS}s` };
    const url = `${web}/v1/request/my-${language}.greet`;
    const response = await fetch(url, { method: "POST", headers, body: '{"name":"Ada"}' });
    const { payload } = (await response.json()) as { payload: { text: string } };
    return payload.text;
  }

  for (const language of all) {
    const here = present.includes(language) ? it : it.skip;
    const hint = present.includes(language) ? "" : ` (not on this machine: ${toolchainOf(language)?.install})`;
    here(`answer in ${language}, by a name with a dash${hint}`, async () => {
      assert.equal(await greet(language), "Hello, Ada!");
    });

    const suffix = compiled[language];
    if (suffix === undefined) continue;
    here(`are started again in ${language} for their sources, not for what is compiled of them${hint}`, async () => {
      const name = `my-${language}`;
      const source = join(folder, name, `${name}.${suffix}`);
      const from = exo.output.length;
      // The second edit comes behind what the first has compiled.
      for (const greeting of ["Hi, ", "Ahoy, "]) {
        writeFileSync(source, readFileSync(source, "utf8").replace(/(Hello|Hi), /, greeting));
        while ((await greet(language)) !== `${greeting}Ada!`);
      }
      const restarts = exo.output.slice(from).match(/\S+ of \S+ has changed/g);
      const own = `${name}.${suffix} of ${name} has changed`;
      assert.deepEqual(restarts, [own, own]);
    });
  }

  it("have tests that pass, where they have any", async () => {
    for (const language of ["ts", "js"]) {
      const tested = await command(["test", folder, `my-${language}`], { env });
      assert.equal(tested.code, 0, tested.stdout + tested.stderr);
    }
  });
});

/** What a language needs on a machine; undefined: nothing but Node. */
function toolchainOf(language: string): Toolchain | undefined {
  return toolchains.find(({ name }) => name === language);
}
