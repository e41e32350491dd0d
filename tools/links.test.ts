import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { files, root } from "./house.ts";

/** A link of a Markdown page, without those inside code. */
function linksIn(text: string): string[] {
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "").replace(/`[^`\n]*`/g, "");
  const inline = [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].map(([, link = ""]) => link);
  const html = [...prose.matchAll(/(?:src|srcset|href)="([^"]+)"/g)].map(([, link = ""]) => link);
  return [...inline, ...html];
}

/** The anchors of a page's headings, as GitHub makes them: lower case, without punctuation, with dashes for spaces. */
function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "").matchAll(/^#{1,6} +(.+?) *#*$/gm);
  return new Set(
    [...headings].map(([, title = ""]) => {
      const plain = title.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
      const anchor = plain
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M} _-]/gu, "")
        .replaceAll(" ", "-");
      const count = seen.get(anchor) ?? 0;
      seen.set(anchor, count + 1);
      return count === 0 ? anchor : `${anchor}-${count}`;
    }),
  );
}

/** Why a link of a page leads nowhere; undefined if it leads somewhere, or out of the repository. */
function whyBroken(page: string, link: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : join(dirname(page), decodeURIComponent(path));
  if (!existsSync(join(root, target))) return `${page}: '${link}' leads to ${target}, which does not exist`;
  if (anchor === undefined || !target.endsWith(".md")) return undefined;
  const anchors = anchorsOf(readFileSync(join(root, target), "utf8"));
  return anchors.has(anchor) ? undefined : `${page}: '${link}' leads to a heading that ${target} does not have`;
}

describe("the pages of this repository", () => {
  it("have no link that leads nowhere", () => {
    const pages = files("**/*.md");
    assert.ok(pages.length > 20);
    const broken = pages.flatMap((page) =>
      linksIn(readFileSync(resolve(root, page), "utf8")).flatMap((link) => whyBroken(page, link) ?? []),
    );
    assert.deepEqual(broken, []);
  });
});
