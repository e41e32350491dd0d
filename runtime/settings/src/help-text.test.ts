import assert from "node:assert/strict";
import { setting } from "./declare-setting.ts";
import { helpText } from "./help-text.ts";

const long = "A long explanation of what this setting is for, which needs more than one line of a terminal to be told";
const settings = {
  port: setting.port({ help: "Where it listens", default: 4200, env: "PORT" }),
  maxPayload: setting.bytes({ help: long, default: 1_048_576 }),
  token: setting.text({ help: "Token", secret: true, default: "s3cret" }),
  role: setting.text({ help: "Role", required: true }),
  pretty: setting.flag({ help: "Pretty" }),
  aSettingWithAVeryLongNameIndeed: setting.addresses({ help: long, default: ["127.0.0.1:4100"] }),
};

describe("the help text", () => {
  const command = { command: "exo x", about: `Does things. ${long}.`, version: "1.2.3" };
  const positionals = { name: "NAME", help: "Of the message", max: 1 };
  const text = helpText(command, { settings, allowCommand: true, positionals });

  it("says how the command is called", () => {
    assert.ok(text.includes("Usage: exo x [NAME] [--flag value …] [-- command …]"));
    assert.match(text, /^ {2}NAME +Of the message$/m);
  });

  it("has flag, values, default and variables of each setting", () => {
    const flat = text.replace(/\s+/g, " ");
    assert.match(flat, / --port PORT Where it listens \(0 takes a free one; default 4200; EXO_PORT or PORT\) /);
    assert.match(text, /^ {2}--role TEXT +Role \(required; EXO_ROLE\)$/m);
    assert.match(text, /^ {2}--\[no-\]pretty +Pretty \(EXO_PRETTY\)$/m);
    assert.match(flat, /default 1MiB; EXO_MAX_PAYLOAD/);
  });

  it("keeps secret defaults to itself", () => {
    assert.ok(!text.includes("s3cret"));
  });

  it("fits 100 columns, with all descriptions in one column", () => {
    const lines = text.split("\n");
    assert.deepEqual(
      lines.filter((line) => line.length > 100),
      [],
    );
    const columns = lines.flatMap((line) => /^ {2}--\S+ \S+ {2,}(?=\S)/.exec(line)?.[0].length ?? []);
    assert.equal(new Set(columns).size, 1);
  });
});
