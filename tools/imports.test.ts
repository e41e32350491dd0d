import assert from "node:assert/strict";
import { importBreaches } from "./import-rules.ts";
import { parseSource, readSourceTree } from "./imports.ts";

describe("the imports of this repository", () => {
  const tree = readSourceTree();

  it("are read", () => {
    assert.ok(tree.files.length > 50);
    assert.ok(tree.files.flatMap((file) => file.imports).length > 100);
  });

  it("keep to the rules", () => {
    assert.equal(importBreaches(tree).join("\n"), "");
  });
});

describe("parseSource", () => {
  function specifiers(text: string): string[] {
    return parseSource("x.ts", text).imports.map(({ specifier }) => specifier);
  }

  it("finds imports of every form", () => {
    const text = `#!/usr/bin/env node
      import "a";
      import b, { type B } from 'b';
      import type { C } from "c";
      import * as d from
        "d";
      export { e } from "e"; export * from "f";
      const g: typeof import("g") = await import("h");
      require("i"); import.meta.resolve("j");`;
    assert.deepEqual(specifiers(text), ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]);
  });

  it("is not taken in by comments, strings, templates and regular expressions", () => {
    const text = `// import "a"
      /* import "b" */
      const c = 'import "c"', d = \`import "d" \${{ x: \`}\` }} import "d"\`;
      const e = /import "e"['"\`/]/.test(c) ? 4 / 2 : "/"; // import "f"
      const g = "\\"import 'g'"; x.import("h"); from("i");
      import "real";`;
    assert.deepEqual(specifiers(text), ["real"]);
  });

  it("finds an import inside a template", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a file
    assert.deepEqual(specifiers("const a = `b ${await import('c')} d`;"), ["c"]);
  });

  it("knows which are gone when the code runs", () => {
    const { imports } = parseSource(
      "x.ts",
      `import type { A } from "a"; export type { B } from "b"; import { type C } from "c"; import type from "d";
       import type, { E } from "e"; import type F from "f"; export * from "g"; await import("h");`,
    );
    const gone = imports.filter(({ isTypeOnly }) => isTypeOnly).map(({ specifier }) => specifier);
    assert.deepEqual(gone, ["a", "b", "f"]);
  });

  it("notes imports that are computed", () => {
    assert.deepEqual(specifiers("await import(name);"), ["(computed)"]);
  });

  it("says in which line", () => {
    assert.deepEqual(parseSource("x.ts", '/*\n*/\n\nimport "a";').imports, [
      { specifier: "a", line: 4, isTypeOnly: false },
    ]);
  });
});
