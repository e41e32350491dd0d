// Makes what a browser loads of the dashboard, in services/analytics/dist: `node tools/bundle-page.ts`.
//
// A page of three requests instead of sixty. Every file but the page itself has its content's hash in its name, so that browsers may
// keep it for ever. ETags by size and time would not do: npm gives every file of a package the same time.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type OutputChunk, rolldown } from "rolldown";
import { root } from "./house.ts";

const page = join(root, "services/analytics/page");
const target = join(root, "services/analytics/dist");

/** What the bundle contains of other people, whose licences go with it. */
const contained = ["preact", "htm"];

/** Names of files by what index.html of the sources calls them. */
const names = new Map<string, string>();
const files = new Map<string, string>();

const html = readFileSync(join(page, "index.html"), "utf8");
const links = [...html.matchAll(/ *<link rel="stylesheet" href="([^"]+)">\n/g)];
add("main.js", await script());
add("style.css", links.map(([, href = ""]) => readFileSync(join(page, href), "utf8")).join("\n"));
add("icon.svg", readFileSync(join(page, "icon.svg"), "utf8"));
files.set("licences.txt", contained.map((name) => `${name}\n\n${licenceOf(name)}`).join("\n\n"));
files.set(
  "index.html",
  links
    .reduce(
      (text, [link], at) => text.replace(link, at === 0 ? '    <link rel="stylesheet" href="/style.css">\n' : ""),
      html,
    )
    .replaceAll(/(href|src)="\/([^"]+)"/g, (_, attribute, name) => `${attribute}="/${names.get(name)}"`),
);

// What is there already is left alone: a dashboard may be serving it.
mkdirSync(target, { recursive: true });
for (const old of readdirSync(target)) if (!files.has(old)) rmSync(join(target, old), { recursive: true });
for (const [name, text] of files) if (!isThere(name, text)) writeFileSync(join(target, name), text);

async function script(): Promise<string> {
  const bundle = await rolldown({ cwd: root, input: join(page, "main.ts"), platform: "browser", logLevel: "warn" });
  const { output } = await bundle.generate({ format: "esm", minify: true, banner: "/*! licences: /licences.txt */" });
  await bundle.close();
  return (output.find(({ type }) => type === "chunk") as OutputChunk).code;
}

function add(name: string, text: string): void {
  const [stem, extension] = name.split(".");
  const hashed = `${stem}-${createHash("sha256").update(text).digest("hex").slice(0, 10)}.${extension}`;
  names.set(name, hashed);
  files.set(hashed, text);
}

function licenceOf(name: string): string {
  return readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8");
}

function isThere(name: string, text: string): boolean {
  return readdirSync(target).includes(name) && readFileSync(join(target, name), "utf8") === text;
}
