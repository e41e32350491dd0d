import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiReport } from "./api-report.ts";

describe("apiReport", () => {
  const folder = mkdtempSync(join(tmpdir(), "api-report-"));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  after(() => rmSync(folder, { recursive: true }));

  it("has what an entry exports and what that refers to, but no comments, privates or internals", () => {
    write("index.d.ts", 'export { make, type Made } from "./made.js";\nexport type { Plain } from "./plain.js";\n');
    write(
      "made.d.ts",
      'import type { Inner } from "./inner.js";\n/** Makes. */\nexport declare function make(inner: Inner): Made;\nexport declare class Made {\n    #private;\n    /** A. */\n    readonly a: Inner;\n    protected b(): void;\n    constructor(inner: Inner);\n}\nexport interface Unused {\n}\n',
    );
    write("inner.d.ts", "export interface Inner {\n    readonly x: number;\n}\n");
    write("plain.d.ts", "export type Plain = string;\n");
    assert.equal(
      apiReport(join(folder, "index.d.ts")),
      [
        "interface Inner {\n    readonly x: number;\n}\n",
        "export declare class Made {\n    readonly a: Inner;\n}\n",
        "export type Plain = string;\n",
        "export declare function make(inner: Inner): Made;\n",
      ].join("\n"),
    );
  });

  it("has the package's own declaration where another package has one of the same name", () => {
    write("near.d.ts", 'export { Passed } from "@other/package";\nexport type { Sent } from "./sent.js";\n');
    write("sent.d.ts", "export interface Sent {\n    readonly id: string;\n}\n");
    write("far.d.ts", 'import "./inner-sent.js";\nexport { Passed } from "./inner-sent.js";\n');
    write("inner-sent.d.ts", "interface Sent {\n    readonly bytes: number;\n}\nexport declare class Passed {\n}\n");
    assert.equal(
      apiReport(join(folder, "near.d.ts"), { "@other/package": join(folder, "far.d.ts") }),
      "export declare class Passed {\n}\n\nexport interface Sent {\n    readonly id: string;\n}\n",
    );
  });

  it("has what an entry passes on from another package", () => {
    write("entry.d.ts", 'export { Passed } from "@other/package";\n');
    write("other.d.ts", "export declare class Passed {\n    readonly a: string;\n}\nexport declare class Kept {\n}\n");
    assert.equal(
      apiReport(join(folder, "entry.d.ts"), { "@other/package": join(folder, "other.d.ts") }),
      "export declare class Passed {\n    readonly a: string;\n}\n",
    );
  });
});
