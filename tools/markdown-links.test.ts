import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { files, root } from "./house.ts";
import { brokenLinks, codePaths, markdownAnchors, markdownLinks } from "./markdown-links.ts";

describe("links in Markdown", () => {
  it("all lead to a file or heading that exists", () => {
    const documents = files("**/*.md");
    assert.ok(documents.length > 20, `${documents.length} files`);
    assert.deepEqual(brokenLinks(root, documents), []);
  });
});

describe("paths of code in Markdown", () => {
  it("are those of files, or the end of them", () => {
    const code = files("**/*.{ts,mjs,proto}").map((path) => `/${path}`);
    const unknown = files("**/*.md").flatMap((document) =>
      codePaths(readFileSync(join(root, document), "utf8"))
        .filter(({ target }) => !code.some((path) => path.endsWith(`/${target}`)))
        .map(({ target, line }) => `${document}:${line}: ${target}`),
    );
    assert.deepEqual(unknown, []);
  });
});

describe("brokenLinks", () => {
  const folder = mkdtempSync(join(tmpdir(), "exo-links-"));
  after(() => rmSync(folder, { recursive: true }));

  function brokenIn(text: string): readonly string[] {
    writeFileSync(join(folder, "other.md"), "# Other\n\n## The parts\n");
    writeFileSync(join(folder, "a.md"), text);
    return brokenLinks(folder, ["a.md"]);
  }

  it("accepts links to files, folders, headings and other sites", () => {
    assert.deepEqual(
      brokenIn("# Own\n[a](other.md) [b](.) [c](#own) [d](other.md#the-parts) [e](https://example.com/x#y)"),
      [],
    );
  });

  it("names file, line and target of a link to a missing file, heading or place outside", () => {
    assert.deepEqual(brokenIn("# Own\n[a](gone.md)\n[b](#errors) [c](other.md#gone)\n[d](../x)\n[e]()"), [
      "a.md:2: gone.md does not exist",
      "a.md:3: #errors: a.md has no such heading",
      "a.md:3: other.md#gone: other.md has no such heading",
      "a.md:4: ../x leads out of the repository",
      "a.md:5: a link without a target",
    ]);
  });
});

describe("markdownLinks", () => {
  it("finds references, images and HTML, and leaves code alone", () => {
    const text = [
      '![a](a.png) <img src="b.png">',
      "[c]: c.md",
      "```sh",
      "[d](d.md)",
      "```",
      "`[e](e.md)`",
      "[`f()`](f.md)",
    ];
    assert.deepEqual(markdownLinks(text.join("\n")), [
      { target: "a.png", line: 1 },
      { target: "b.png", line: 1 },
      { target: "c.md", line: 2 },
      { target: "f.md", line: 7 },
    ]);
  });
});

describe("markdownAnchors", () => {
  it("names headings as GitHub does", () => {
    const text = '# `exo run`, and more!\n## Again\n## Again\n```\n# no heading\n```\n<a id="place"></a>';
    assert.deepEqual([...markdownAnchors(text)], ["exo-run-and-more", "again", "again-1", "place"]);
  });
});
