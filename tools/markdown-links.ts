import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

/** A link of a Markdown file to a place in the repository. */
export interface MarkdownLink {
  /** As it is written: a path, relative to the file, an `#anchor`, or both. */
  readonly target: string;
  /** Counts from 1. */
  readonly line: number;
}

/** Where a link of Markdown, an image or a link of HTML leads to. The text in the brackets may hold code with brackets of its own. */
const targets = [
  /\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+"[^"]*")?\)/g,
  /^\s*\[[^\]]+\]:\s+(\S+)/g,
  /\b(?:href|src|srcset)="([^"\s]*)"/g,
];

const isElsewhere = /^[a-z][a-z\d+.-]*:/i;

/** Links of a Markdown text to files or headings of the repository; links to other sites, and text in code, are left out. */
export function markdownLinks(text: string): readonly MarkdownLink[] {
  return linesOutsideCode(text).flatMap(({ line, words }) =>
    targets.flatMap((pattern) =>
      [...words.replace(/`[^`]*`/g, "").matchAll(pattern)]
        .map(([, target = ""]) => target)
        .filter((target) => !isElsewhere.test(target))
        .map((target) => ({ target, line })),
    ),
  );
}

/** Anchors of a Markdown text: its headings as GitHub names them, and ids of HTML. A heading that repeats gets a number. */
export function markdownAnchors(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const { words } of linesOutsideCode(text)) {
    for (const [, id] of words.matchAll(/\b(?:id|name)="([^"]+)"/g)) if (id) anchors.add(id);
    const heading = /^ {0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$/.exec(words)?.[1];
    if (heading !== undefined) anchors.add(unusedAnchor(anchorOf(heading), anchors));
  }
  return anchors;
}

/**
 * Links of Markdown files that lead nowhere, as `file:line: reason` each.
 *
 * @param folder the repository's
 * @param paths of the Markdown files, relative to the folder
 */
export function brokenLinks(folder: string, paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) =>
    markdownLinks(readFileSync(join(folder, path), "utf8")).flatMap(({ target, line }) => {
      const reason = whyBroken(folder, path, target);
      return reason === undefined ? [] : [`${path}:${line}: ${reason}`];
    }),
  );
}

/** Paths of code that a Markdown text names in code spans, such as `core/timer-wheel.ts`. Those with blanks or placeholders are left out. */
export function codePaths(text: string): readonly MarkdownLink[] {
  return linesOutsideCode(text).flatMap(({ line, words }) =>
    [...words.matchAll(/`([\w.-]+(?:\/[\w.-]+)+\.(?:ts|mjs|proto))`/g)].map(([, target = ""]) => ({ target, line })),
  );
}

function whyBroken(folder: string, path: string, target: string): string | undefined {
  const [place = "", anchor] = target.split("#");
  const file = place === "" ? join(folder, path) : join(folder, dirname(path), decodeURIComponent(place));
  if (relative(folder, normalize(file)).startsWith("..")) return `${target} leads out of the repository`;
  if (!existsSync(file)) return `${target} does not exist`;
  if (target === "" || anchor === "") return "a link without a target";
  if (anchor === undefined) return undefined;
  const shown = statSync(file).isDirectory() ? join(file, "README.md") : file;
  if (!shown.endsWith(".md")) return /^L\d+(-L\d+)?$/.test(anchor) ? undefined : `${target}: no anchors in such a file`;
  if (markdownAnchors(readFileSync(shown, "utf8")).has(decodeURIComponent(anchor))) return undefined;
  return `${target}: ${relative(folder, shown)} has no such heading`;
}

function linesOutsideCode(text: string): readonly { readonly line: number; readonly words: string }[] {
  let fence: string | undefined;
  return text.split("\n").flatMap((words, index) => {
    const mark = /^\s*(```+|~~~+)/.exec(words)?.[1];
    if (fence === undefined && mark === undefined) return [{ line: index + 1, words }];
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence)) fence = undefined;
    return [];
  });
}

/** https://github.com/gjtorikian/html-pipeline, TableOfContentsFilter: what GitHub does with headings. */
function anchorOf(heading: string): string {
  const shown = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1");
  return shown
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

function unusedAnchor(anchor: string, used: ReadonlySet<string>): string {
  if (!used.has(anchor)) return anchor;
  let count = 1;
  while (used.has(`${anchor}-${count}`)) count += 1;
  return `${anchor}-${count}`;
}
