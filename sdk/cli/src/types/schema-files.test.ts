import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateCommand } from "../generate/generate-command.ts";
import { typesCommand } from "./types-command.ts";

describe("The schemas of an application", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-schemas-"));
    const clients = "clients: {anonymous: {sends: all}}";
    const files = {
      "application.yml": `name: x\nservices: {web: {location: web}}\ngateway: {role: c, sends: [a], receives: [b], ${clients}}`,
      "web/service.yml": "messages: {receives: [a], sends: [b]}",
      "messages/a.schema.json": '{"type":"strin"}',
      "web/messages/b.schema.json": "{",
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  for (const [name, command] of [
    ["exo generate", generateCommand],
    ["exo types", typesCommand],
  ] as const)
    it(`are checked by ${name}, although no service is written in TypeScript`, async () => {
      const errors: string[] = [];
      const print = () => {};
      const input = { argv: [folder], env: {}, version: "1", print, printError: (line: string) => errors.push(line) };
      assert.equal(await command(input), 64);
      assert.equal(errors.length, 2, errors.join("\n"));
      assert.match(errors.join("\n"), /messages\/a\.schema\.json: \/type: must be one of array, .* but is "strin"/);
      assert.match(errors.join("\n"), /web\/messages\/b\.schema\.json: is no JSON/);
    });
});
