import type { IncomingMessage } from "node:http";
import { ExoError } from "@exosphere/proto";
import { shorten } from "./shorten.ts";

/**
 * What a request can do, from which follows who may send it:
 * - `probe`: says whether the process works. Orchestrators call it by any name and have no token.
 * - `public`: holds nothing that is anybody's, such as the files of a web page. No token; links may lead to it.
 * - `read`: shows what the process knows. People may type its address into a browser.
 * - `change`: changes something, or takes messages away. Programs only, and pages that are allowed by name.
 */
export type Access = "probe" | "public" | "read" | "change";

/** Web pages that may call. */
export interface AllowedOrigins {
  /** Whether pages of this origin may call; `origin` as browsers write it: "https://app.example". */
  allows(origin: string): boolean;
}

/** What pages may do. */
export interface PageCheckOptions {
  /** Origins of pages that may call. Default: none. */
  readonly origins?: readonly string[] | AllowedOrigins;
  /** The setting that allows further origins, for refusals: "--allow-origins". Undefined: there is none. */
  readonly originsSetting?: string | undefined;
  /** The process serves a page itself, which may call it. */
  readonly servesPage?: boolean;
}

/**
 * Makes the check that keeps web pages off a server that programs call. Browsers put the page's Origin on most of what it sends
 * elsewhere, and say by Fetch Metadata (https://www.w3.org/TR/fetch-metadata/) who caused the rest: navigations, frames, images
 * and `no-cors` requests have no Origin. The check returns the NOT_ALLOWED to answer with, or undefined.
 */
export function pageCheck(
  options: PageCheckOptions,
): (
  request: Pick<IncomingMessage, "headers"> & { readonly method?: string | undefined },
  access: Access,
) => ExoError | undefined {
  const { originsSetting, servesPage } = options;
  const origins = allowedOrigins(options.origins ?? []);
  const remedy = originsSetting === undefined ? "" : ` Allow the origin with ${originsSetting} if they should.`;
  const refuse = (what: string) => new ExoError("NOT_ALLOWED", `${what}.${remedy}`);
  return ({ method, headers }, access) => {
    const { origin, host } = headers;
    const isOwn = servesPage === true && (origin === `http://${host}` || origin === `https://${host}`);
    if (origin !== undefined && !isOwn && !origins.allows(origin))
      return refuse(`Web pages of '${shorten(origin)}' may not call this process`);
    const site = headers["sec-fetch-site"];
    const isNavigation = headers["sec-fetch-mode"] === "navigate";
    const isCaused = site !== undefined && site !== "same-origin" && site !== "none";
    if (isCaused && origin === undefined && !(access === "public" && isNavigation && isOfTab(headers)))
      return refuse("Web pages of elsewhere may not call this process, nor lead to this address");
    if (access !== "change") return undefined;
    if (isNavigation) return new ExoError("NOT_ALLOWED", "This is for programs: a browser must not open it as a page.");
    // Browsers leave Fetch Metadata out where the server is neither on loopback nor behind TLS, and older ones always.
    if (method === "GET" && origin === undefined && site === undefined && isBrowser(headers) && !headers.upgrade)
      return refuse("This browser does not say which page its request comes from");
    return undefined;
  };
}

/** Whether a list, or what decides in its place, allows an origin. */
function allowedOrigins(origins: readonly string[] | AllowedOrigins): AllowedOrigins {
  if ("allows" in origins) return origins;
  const all = new Set(origins.map((origin) => origin.toLowerCase().replace(/\/$/, "")));
  return { allows: (origin) => all.has(origin.toLowerCase()) };
}

/** Whether a navigation is that of a whole tab, not of a frame within a page. */
function isOfTab(headers: IncomingMessage["headers"]): boolean {
  return headers["sec-fetch-dest"] === "document";
}

/** Every browser says that it is Mozilla/5.0; libraries and command-line tools do not. */
function isBrowser(headers: IncomingMessage["headers"]): boolean {
  return headers["user-agent"]?.startsWith("Mozilla/") ?? false;
}
