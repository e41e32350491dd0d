import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { embeddedFiles, StartError } from "@exosphere/process";

/** Browsers may load and run what comes from here, and nothing from elsewhere or within the page. */
export const contentSecurityPolicy = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join("; ");

/** Every file but the page has the hash of its content in its name. */
const caching = { page: "no-store", file: "public, max-age=31536000, immutable" } as const;

/** The page consists of these. */
const types: Readonly<Record<string, string>> = {
  ".html": "text/html;charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
};

/** Answers a GET or HEAD with a file of the page, or calls `next` where there is none. */
export type ServePage = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** A file of the page, ready to be sent. */
interface PageFile {
  readonly content: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string | number>>;
}

/** Reads the files of the page, once: a handful, of 100 KB together. Throws a StartError if it has not been built. */
export function openPage(): ServePage {
  const files = new Map(
    [...(embeddedFiles("page") ?? builtFiles())].map(([name, content]) => [`/${name}`, pageFile(name, content)]),
  );
  return (request, response, next) => {
    const [path = "/"] = (request.url ?? "/").split("?");
    const file = files.get(path === "/" ? "/index.html" : path);
    if (!file) return next();
    const isKnown = request.headers["if-none-match"] === file.etag;
    response.writeHead(isKnown ? 304 : 200, file.headers);
    response.end(isKnown || request.method === "HEAD" ? undefined : file.content);
  };
}

/** What `npm run build` and `npm test` have put together of the sources in `page`. */
function builtFiles(): ReadonlyMap<string, Buffer> {
  const folder = fileURLToPath(new URL("../../dist", import.meta.url));
  if (!existsSync(join(folder, "index.html")))
    throw new StartError(`The page of the dashboard is not in ${folder}: run 'npm run build' in the repository.`);
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

function pageFile(name: string, content: Buffer): PageFile {
  const etag = `"${createHash("sha256").update(content).digest("base64url")}"`;
  const headers = {
    "content-type": types[extname(name)] ?? "application/octet-stream",
    "content-length": content.byteLength,
    "cache-control": name.includes("-") ? caching.file : caching.page,
    etag,
  };
  return { content, etag, headers };
}
