import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of the page, ready to be sent. */
export interface StaticFile {
  readonly mediaType: string;
  readonly body: Buffer;
  /** RFC 9110 section 8.8.3. */
  readonly etag: string;
}

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Modules that the page uses beside its own: the name under which it imports them, and the path of its import map. */
const vendored: Readonly<Record<string, string>> = {
  preact: "/vendor/preact.js",
  "preact/hooks": "/vendor/preact-hooks.js",
  htm: "/vendor/htm.js",
};

const folder = fileURLToPath(new URL("../../page", import.meta.url));

/** Everything that a browser loads, read once: the page's own modules as they are, without their types, and its libraries. */
export class StaticFiles {
  /** What browsers may load and run, for the header Content-Security-Policy: nothing from elsewhere, nothing inline. */
  readonly policy: string;
  readonly #files = new Map<string, StaticFile>();

  constructor() {
    for (const file of pageFiles(folder)) this.#addPageFile(file);
    for (const [name, path] of Object.entries(vendored)) {
      const source = readFileSync(fileURLToPath(import.meta.resolve(name)), "utf8");
      this.#add(path, ".js", Buffer.from(source.replace(/\n?\/\/# sourceMappingURL=.*/, "")));
    }
    const page = this.get("/")?.body.toString("utf8") ?? "";
    // The import map is the one script that has to be within the page.
    const inline = [...page.matchAll(/<script type="importmap">([\s\S]*?)<\/script>/g)].map(([, text = ""]) => text);
    const hashes = inline.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
    this.policy = `default-src 'none'; script-src 'self' ${hashes.join(" ")}; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  }

  /** The file of a path, "/" being the page itself. */
  get(path: string): StaticFile | undefined {
    return this.#files.get(path === "/" ? "/index.html" : path);
  }

  #addPageFile(file: string): void {
    const path = `/${relative(folder, file)}`;
    const extension = extname(file);
    if (extension === ".ts") {
      // From the sources; in a built tree they are JavaScript already.
      const script = stripTypeScriptTypes(readFileSync(file, "utf8"));
      const served = script.replaceAll(/(from|import) "(\.[^"]+)\.ts"/g, '$1 "$2.js"');
      this.#add(path.replace(/\.ts$/, ".js"), ".js", Buffer.from(served));
    } else if (mediaTypes[extension]) this.#add(path, extension, readFileSync(file));
  }

  #add(path: string, extension: string, body: Buffer): void {
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    this.#files.set(path, { mediaType: mediaTypes[extension] ?? "application/octet-stream", body, etag });
  }
}

function pageFiles(inside: string): string[] {
  if (!existsSync(inside)) return [];
  return readdirSync(inside, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".d.ts") && entry.name !== "tsconfig.json")
    .map((entry) => join(entry.parentPath, entry.name));
}
