import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateCommand } from "./generate-command.ts";

describe("exo generate", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-generate-"));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  async function generate(application: string, ...argv: string[]) {
    writeFileSync(join(folder, "application.yml"), application);
    const said: string[] = [];
    const say = (line: string) => said.push(line.replaceAll(`${folder}/`, ""));
    const code = await generateCommand({ argv: [folder, ...argv], env: {}, version: "0", print: say, printError: say });
    return { code, said };
  }

  const shop =
    "name: shop\ngateway:\n  role: clients\n  sends: [buy]\n  receives: []\n  clients: {anonymous: {sends: all}}\n";

  it("writes what clients may say and get, and says when that is out of date", async () => {
    assert.equal((await generate(shop)).code, 0);
    const openapi = JSON.parse(readFileSync(join(folder, "openapi.json"), "utf8")) as {
      paths: object;
      servers: object;
    };
    assert.ok("/v1/send/buy" in openapi.paths);
    assert.deepEqual(openapi.servers, [{ url: "http://127.0.0.1:4300" }]);
    const asyncapi = JSON.parse(readFileSync(join(folder, "asyncapi.json"), "utf8")) as { asyncapi: string };
    assert.equal(asyncapi.asyncapi, "3.0.0");
    assert.equal((await generate(shop, "--check")).code, 0);
    const { code, said } = await generate(shop.replace("[buy]", "[sell]"), "--check");
    assert.equal(code, 1);
    assert.match(said.join("\n"), /openapi\.json is out of date; run 'exo generate'/);
    const { said: json } = await generate(shop, "--json");
    const files = ["openapi.json", "asyncapi.json"].map((file) => ({ file, state: "unchanged" }));
    assert.deepEqual(JSON.parse(json.join("")), { files });
  });

  it("refuses an application without a gateway, and one with mistakes", async () => {
    assert.deepEqual(await generate("name: x\n"), {
      code: 64,
      said: ["exo generate: application.yml has no section 'gateway', and so nothing for clients"],
    });
    assert.equal((await generate("nam: x\n")).code, 64);
  });
});
