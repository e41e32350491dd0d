import assert from "node:assert/strict";
import { readSettingsFile } from "./settings-file.ts";

function textsOf(text: string): Record<string, string> {
  const { entries, mistakes } = readSettingsFile("exo.yml", text);
  assert.deepEqual(mistakes, []);
  return Object.fromEntries([...entries].map(([key, entry]) => [key, entry.text]));
}

describe("a settings file", () => {
  it("keeps values as they are written", () => {
    const text = "port: 4200\nversion: 1.10\npretty: true\nname: 'a: b'\nlarge: 12345678901234567890\n";
    const expected = { port: "4200", version: "1.10", pretty: "true", name: "a: b", large: "12345678901234567890" };
    assert.deepEqual(textsOf(text), expected);
  });

  it("may be JSON", () => {
    assert.deepEqual(textsOf('{"port": 4200, "broker": ["a:1", "b:2"]}'), { port: "4200", broker: "a:1,b:2" });
  });

  it("may be empty, and leave keys empty", () => {
    assert.deepEqual(textsOf(""), {});
    assert.deepEqual(textsOf("# nothing yet\n"), {});
    assert.deepEqual(textsOf("port:\nhost: ~\n"), { port: "", host: "" });
  });

  it("follows anchors", () => {
    assert.deepEqual(textsOf("a: &x 1\nb: *x\n"), { a: "1", b: "1" });
  });

  it("knows the line of each entry", () => {
    const { entries } = readSettingsFile("exo.yml", "# comment\nport: 1\n\nhost: a\n");
    assert.equal(entries.get("host")?.origin, "exo.yml line 4, host");
  });

  it("says where it is broken", () => {
    const { mistakes } = readSettingsFile("exo.yml", "port: 1\nport: 2\n");
    assert.deepEqual(mistakes, ["exo.yml line 2: Map keys must be unique"]);
  });

  it("holds nothing nested", () => {
    const { mistakes } = readSettingsFile("exo.yml", "admin:\n  port: 1\nlists: [[1]]\n");
    assert.deepEqual(mistakes, [
      "exo.yml line 1, admin: must be a single value or a list of them",
      "exo.yml line 3, lists: must be a single value or a list of them",
    ]);
  });

  it("is not a list or a lone value", () => {
    for (const text of ["- a\n", "just text\n"]) {
      assert.deepEqual(readSettingsFile("exo.yml", text).mistakes, [
        "exo.yml: must consist of lines such as 'port: 4200'",
      ]);
    }
  });
});
