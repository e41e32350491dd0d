import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setting } from "./declare-setting.ts";
import type { Config, Reading, Setting } from "./setting.ts";
import { contextOf } from "./setting-source.ts";

function read<T>(declared: Setting<T>, text: string): Reading<T> {
  return declared.kind.read(text, contextOf("/", undefined));
}

describe("declaring a setting", () => {
  it("makes its value's type tell whether it can be undefined", () => {
    const settings = {
      a: setting.integer({ help: "", default: 1 }),
      b: setting.integer({ help: "" }),
      c: setting.text({ help: "", required: true }),
      d: setting.choice(["x", "y"], { help: "", default: "x" }),
      e: setting.flag({ help: "", default: undefined }),
    };
    // Checked by the type checker: the line fails to compile if a type is wider or narrower.
    const config: Config<typeof settings> = { a: 1, b: undefined, c: "", d: "y", e: undefined };
    const narrow: { a: number; b: number | undefined; c: string; d: "x" | "y"; e: boolean | undefined } = config;
    assert.equal(narrow.d, "y");
  });

  it("keeps numbers within their bounds, both included", () => {
    const declared = setting.integer({ help: "", min: 1, max: 10 });
    assert.deepEqual(read(declared, "1"), { value: 1 });
    assert.deepEqual(read(declared, "10"), { value: 10 });
    for (const text of ["0", "11", "1.5", "1e1", "", "ten", "0x1", "NaN"]) {
      assert.deepEqual(read(declared, text), { mistake: "is not a whole number from 1 to 10" });
    }
  });

  it("takes the path of a URL, and nothing that leads to another host", () => {
    const declared = setting.urlPath({ help: "" });
    assert.deepEqual(read(declared, "/health?deep=1"), { value: "/health?deep=1" });
    for (const text of ["health", "", "//elsewhere/health", "http://elsewhere"]) {
      assert.deepEqual(read(declared, text), { mistake: "is not a path that starts with one /" });
    }
  });

  it("keeps durations below what timers can do", () => {
    const declared = setting.durationMs({ help: "", min: 1 });
    assert.deepEqual(read(declared, "24d"), { value: 24 * 86_400_000 });
    assert.deepEqual(read(declared, "720h"), {
      mistake: "is not a duration such as 1500ms, 10s or 2m from 1ms to 24.8d",
    });
  });

  it("reads the usual words for on and off", () => {
    const declared = setting.flag({ help: "" });
    for (const text of ["true", "1", "yes", "On"]) assert.deepEqual(read(declared, text), { value: true });
    for (const text of ["false", "0", "no", "OFF"]) assert.deepEqual(read(declared, text), { value: false });
    assert.deepEqual(read(declared, "maybe"), { mistake: "is neither true nor false" });
    assert.deepEqual(read(declared, "constructor"), { mistake: "is neither true nor false" });
  });

  it("takes URLs of the schemes it names, as they are written", () => {
    const declared = setting.url({ help: "" });
    assert.deepEqual(read(declared, "http://localhost:3000"), { value: "http://localhost:3000" });
    for (const text of ["localhost:3000", "ftp://x", "http:", "http://", "3000"]) {
      assert.deepEqual(read(declared, text), { mistake: "is not a URL that starts with http:// or https://" });
    }
  });

  it("takes lists with spaces around their commas, but no empty places", () => {
    const declared = setting.addresses({ help: "" });
    assert.deepEqual(read(declared, "a:1, [::1]:2"), { value: ["a:1", "[::1]:2"] });
    assert.deepEqual(read(declared, "a:1,,b:2"), { mistake: "has an empty place between its commas" });
  });

  it("names the words of a choice", () => {
    assert.deepEqual(read(setting.choice(["x", "y"], { help: "" }), "z"), { mistake: "is not one of x, y" });
  });
});

describe("a setting that is a file", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-settings-"));
    writeFileSync(join(folder, "routes.json"), "{}");
  });
  after(() => rmSync(folder, { recursive: true }));

  const declared = setting.file({ help: "" });

  it("is its absolute path", () => {
    const reading = declared.kind.read("routes.json", contextOf(folder, undefined));
    assert.deepEqual(reading, { value: join(folder, "routes.json") });
  });

  it("must be there, and a file", () => {
    const missing = declared.kind.read("none", contextOf(folder, undefined));
    assert.deepEqual(missing, { mistake: "is not a file that can be read: there is none" });
    const itself = declared.kind.read(".", contextOf(folder, undefined));
    assert.deepEqual(itself, { mistake: "is not a file that can be read: it is a folder" });
  });
});
