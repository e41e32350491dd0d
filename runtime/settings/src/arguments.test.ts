import assert from "node:assert/strict";
import fc from "fast-check";
import { type ArgumentRules, readArguments } from "./arguments.ts";
import { setting } from "./declare-setting.ts";

const settings = {
  port: setting.port({ help: "p" }),
  maxPayload: setting.bytes({ help: "m" }),
  pretty: setting.flag({ help: "y" }),
  broker: setting.addresses({ help: "b" }),
};

function read(argv: string[], rules: Partial<ArgumentRules> = {}) {
  return readArguments(argv, { settings, ...rules });
}

describe("arguments", () => {
  it("give a flag its value after a space or an equals sign", () => {
    const { values, mistakes } = read(["--port", "1", "--max-payload=2=3"]);
    assert.deepEqual(
      [...values],
      [
        ["port", "1"],
        ["maxPayload", "2=3"],
      ],
    );
    assert.deepEqual(mistakes, []);
  });

  it("turn a switch on and off", () => {
    assert.equal(read(["--pretty"]).values.get("pretty"), "true");
    assert.equal(read(["--no-pretty"]).values.get("pretty"), "false");
    assert.equal(read(["--pretty=no"]).values.get("pretty"), "no");
  });

  it("take a negative number as a value, but not the next flag", () => {
    assert.equal(read(["--port", "-1"]).values.get("port"), "-1");
    const { mistakes, values } = read(["--port", "--pretty"]);
    assert.deepEqual(mistakes, ["--port needs a value: a port, a whole number from 0 to 65535"]);
    assert.equal(values.get("pretty"), "true");
  });

  it("report every mistake at once", () => {
    const { mistakes } = read([
      "--prot",
      "1",
      "--no-port",
      "--port",
      "1",
      "--port",
      "2",
      "--max-payload=",
      "x",
      "--no-pretty=1",
    ]);
    assert.deepEqual(mistakes, [
      "Unknown flag --prot (did you mean --port?)",
      "Unknown flag --no-port (did you mean --port?)",
      "--port is given more than once",
      "--max-payload needs a value: a size such as 64KiB, 1MiB or 1000000 of at least 0",
      "--no-pretty takes no value",
      "Unexpected argument 'x'",
    ]);
  });

  it("tell how to give several values", () => {
    const { mistakes } = read(["--broker", "a:1", "--broker", "b:2"]);
    assert.deepEqual(mistakes, ["--broker is given more than once: give all values to one, with commas between them"]);
  });

  it("name a mistaken flag without its value, which may be a secret", () => {
    assert.deepEqual(read(["--tokn=s3cret"]).mistakes, ["Unknown flag --tokn"]);
  });

  it("take a flag of one dash as a whole word, whatever is in it", () => {
    for (const flag of ["-p", "-abc", "-a-", "- -", "-p=1"]) {
      const [name = ""] = flag.split("=");
      assert.deepEqual(read([flag, "--port=1"]).mistakes, [`Unknown flag ${name}`]);
      assert.equal(read([flag, "--port=1"]).values.get("port"), "1");
    }
    assert.deepEqual(read(["--=s3cret"]).mistakes, ["Unknown flag --"]);
  });

  it("hand over the command after --, untouched", () => {
    const { command, mistakes } = read(["--port", "1", "--", "node", "--help", "--"], { allowCommand: true });
    assert.deepEqual(command, ["node", "--help", "--"]);
    assert.deepEqual(mistakes, []);
  });

  it("refuse a command where there is none to run", () => {
    assert.match(read(["--", "node"]).mistakes.join(), /Nothing may follow after --/);
  });

  it("keep positionals in order, up to their number", () => {
    const positionals = { name: "NAME", help: "n", max: 2 };
    const { positionals: given, mistakes } = read(["a", "--pretty", "-", "c"], { positionals });
    assert.deepEqual(given, ["a", "-", "c"]);
    assert.deepEqual(mistakes, ["Unexpected argument 'c': takes at most 2 NAME"]);
  });

  it("take help and version for what they say where no other word is expected", () => {
    assert.equal(read(["version"]).asked, "version");
    assert.equal(read(["help", "--port", "1"]).asked, "help");
    assert.equal(read(["--port", "version"]).asked, undefined);
    assert.equal(read(["version"], { positionals: { name: "FOLDER", help: "f", max: 1 } }).asked, undefined);
  });

  it("see --help and --version before anything else", () => {
    assert.equal(read(["--prot", "-h"]).asked, "help");
    assert.equal(read(["--version", "x"]).asked, "version");
    assert.equal(read(["--", "--help"]).asked, undefined);
  });

  it("come to a result whatever they are, and to a mistake or a place for each", () => {
    const argument = fc.oneof(fc.string(), fc.constantFrom("--port", "--pretty", "--no-pretty", "--", "--broker=a:1"));
    fc.assert(fc.property(fc.array(argument), (argv) => Array.isArray(read(argv, { allowCommand: true }).mistakes)));
  });

  it("carry any value through an equals sign unchanged", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => read([`--port=${value}`]).values.get("port") === value),
    );
  });
});
