import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Checker, DeployFile, Target } from "@exosphere/deploy";
import { deployCommand } from "./deploy-command.ts";

describe("exo deploy", () => {
  let root: string;
  let files: readonly DeployFile[];
  let checkers: readonly Checker[];
  let made: number;

  const target: Target = {
    name: "paper",
    does: "writes it down",
    files: () => files,
    secretFiles: (_, kept) => [{ path: "secrets/token", text: kept("secrets/token") ?? `token ${++made}` }],
    get checkers() {
      return checkers;
    },
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "exo-deploy-test-"));
    writeFileSync(join(root, "application.yml"), "name: shop\nservices: { web: { docker-image: web } }\n");
    files = [
      { path: "one.yml", text: "1\n" },
      { path: "deep/two.sh", text: "2\n", isExecutable: true },
    ];
    checkers = [];
    made = 0;
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  async function exo(...argv: string[]) {
    const [said, wrong]: [string[], string[]] = [[], []];
    const code = await deployCommand({
      ...{ argv, env: {}, version: "0.1.0", targets: [target] },
      print: (line) => said.push(line),
      printError: (line) => wrong.push(line.replaceAll(root, "ROOT")),
    });
    return { code, said, wrong };
  }

  const at = (...path: string[]) => join(root, "deploy", "paper", ...path);
  const read = (...path: string[]) => readFileSync(at(...path), "utf8");
  const generate = async (...argv: string[]) => exo("paper", root, ...argv);

  it("writes the files of the target into a folder of the application", async () => {
    const { code, wrong } = await generate();
    assert.deepEqual([code, wrong, read("one.yml"), read("deep", "two.sh")], [0, [], "1\n", "2\n"]);
    assert.equal(statSync(at("deep", "two.sh")).mode & 0o111, 0o111);
    assert.deepEqual(readdirSync(join(root, "deploy")), ["paper"]);
  });

  it("makes secrets once, where only their owner may look, and shows none", async () => {
    const { said } = await generate("--json");
    assert.equal(statSync(at("secrets")).mode & 0o777, 0o700);
    assert.equal(statSync(at("secrets", "token")).mode & 0o777, 0o600);
    const { ino } = statSync(at("secrets", "token"));
    files = [];
    await generate();
    // A container has the file itself mounted, wherever its folder goes.
    assert.deepEqual([read("secrets", "token"), statSync(at("secrets", "token")).ino], ["token 1", ino]);
    assert.doesNotMatch(said.join() + read(".exo-deploy.json"), /token 1/);
  });

  it("updates what it has written, removes what is no longer generated, and keeps what others have put there", async () => {
    await generate();
    mkdirSync(at("mine"));
    writeFileSync(at("mine", "notes"), "mine");
    files = [{ path: "one.yml", text: "new\n" }];
    const { code, said } = await generate("--json");
    const { written, removed } = JSON.parse(said.join());
    assert.deepEqual([code, written, removed], [0, ["one.yml"], ["deep/two.sh"]]);
    assert.deepEqual([read("one.yml"), read("mine", "notes"), existsSync(at("deep"))], ["new\n", "mine", false]);
  });

  for (const [what, prepare] of [
    ["edited by hand", () => writeFileSync(at("one.yml"), "edited")],
    ["written by others", () => rmSync(at(".exo-deploy.json"))],
    ["edited and no longer generated", () => writeFileSync(at("deep", "two.sh"), "edited")],
  ] as const)
    it(`does not overwrite what was ${what}, unless it is forced to`, async () => {
      await generate();
      prepare();
      files = [{ path: "one.yml", text: "new\n" }];
      const before = readdirSync(at()).map((name) => (statSync(at(name)).isFile() ? read(name) : name));
      const refused = await generate();
      assert.deepEqual([refused.code, refused.wrong.length], [1, 1]);
      assert.match(
        refused.wrong[0] ?? "",
        /(was|were) edited since, or written by others; --force overwrites (it|them)$/,
      );
      assert.deepEqual(
        readdirSync(at()).map((name) => (statSync(at(name)).isFile() ? read(name) : name)),
        before,
      );
      assert.equal((await generate("--force")).code, 0);
      assert.deepEqual(
        [read("one.yml"), existsSync(at("deep", "two.sh")) && what !== "written by others"],
        ["new\n", false],
      );
    });

  it("checks a folder of its own, and says what is absent, wrong and out of date", async () => {
    await generate();
    files = [{ path: "one.yml", text: "new\n" }];
    const seen: string[] = [];
    const checker = (name: string, kind: "ok" | "absent" | "wrong"): Checker => ({
      ...{ name, version: "1", install: `install ${name}` },
      check: async (folder) => {
        seen.push(readFileSync(join(folder, "one.yml"), "utf8"));
        return kind === "wrong" ? { kind, text: "line 1" } : { kind };
      },
    });
    checkers = [checker("a", "ok"), checker("b", "absent"), checker("c", "wrong")];
    const { code, said, wrong } = await generate("--check");
    assert.deepEqual([code, seen, read("one.yml")], [1, ["new\n", "new\n", "new\n"], "1\n"]);
    assert.deepEqual(said, [
      "a: ok",
      "b 1: skipped, as it is not installed: install b",
      "1 checked, 1 wrong, 1 skipped, 2 out of date",
    ]);
    assert.equal(wrong[0], "exo deploy: c says:\nline 1");
    assert.match(wrong[1] ?? "", /one\.yml is out of date; run 'exo deploy paper'$/);
    checkers = [checker("a", "ok"), checker("b", "absent")];
    await generate();
    assert.deepEqual((await generate("--check")).code, 0);
  });

  it("refuses a target that does not exist, no target, and no application", async () => {
    assert.deepEqual(await exo("papr", root), {
      ...{ code: 64, said: [] },
      wrong: ["exo deploy: there is no target 'papr' (did you mean paper?); there are: paper"],
    });
    assert.deepEqual((await exo()).wrong, ["exo deploy: needs a target: paper"]);
    const { code, wrong } = await exo("paper", join(root, "nowhere"));
    assert.equal(code, 64);
    assert.match(wrong.join(), /application\.yml: does not exist/);
    assert.equal((await exo("paper", root, "--out", root)).code, 64);
  });

  it("refuses a variable that a process of Exosphere does not have", async () => {
    writeFileSync(
      join(root, "application.yml"),
      "name: shop\ndeploy: { gateway: { environment: { EXO_JWT_ISUER: x } } }\n",
    );
    const { code, wrong } = await generate();
    assert.equal(code, 64);
    assert.match(
      wrong.join(),
      /key 'deploy\.gateway': exo-gateway has no variable EXO_JWT_ISUER \(did you mean EXO_JWT_ISSUER\?\)/,
    );
  });
});
