import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { StartError } from "@exosphere/process";
import sirv from "sirv";

/** What a browser loads, as `npm run build` and `npm test` put it together of the sources in `page`. */
const folder = fileURLToPath(new URL("../../dist", import.meta.url));

/** Browsers may load and run what comes from here, and nothing from elsewhere or within the page. */
export const contentSecurityPolicy = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join("; ");

/** Every file but the page has the hash of its content in its name. */
const caching = { page: "no-store", file: "public, max-age=31536000, immutable" } as const;

/** Answers a GET or HEAD with a file of the page, or calls `next` where there is none. */
export type ServePage = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Finds the files of the page, once. Throws a StartError if it has not been built. */
export function openPage(): ServePage {
  if (!existsSync(join(folder, "index.html")))
    throw new StartError(`The page of the dashboard is not in ${folder}: run 'npm run build' in the repository.`);
  return sirv(folder, {
    etag: true,
    setHeaders: (response, path) =>
      response.setHeader("cache-control", path.includes("-") ? caching.file : caching.page),
  });
}
