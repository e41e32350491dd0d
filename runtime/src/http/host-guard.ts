import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { ExoError } from "@exosphere/proto";

/** Who may talk to a server, beside programs of this machine. */
export interface HostGuardOptions {
  /** Further names in the Host header, without port: "exosphere.internal". */
  readonly hosts?: readonly string[];
  /** Serves whoever calls by an address, and not by a name, as well: only names can be made to lead elsewhere. Default: no. */
  readonly anyAddress?: boolean;
  /** What else to do than to call it as localhost, for people. Default: to allow the name in the settings. */
  readonly remedy?: string;
  /** Web pages that may call, as browsers name them: "https://app.example". */
  readonly origins?: readonly string[];
}

/** What a guard looks at. */
export type GuardedRequest = Pick<IncomingMessage, "headers" | "rawHeaders">;

const loopback = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Makes the check that keeps web pages off a local server. A page can make its own name resolve to this machine (DNS rebinding),
 * but then the Host header carries that name; and a browser puts the page's Origin on what it sends across sites. The check
 * returns the NOT_ALLOWED to answer with, or undefined for a request that may pass.
 */
export function hostGuard(options: HostGuardOptions = {}): (request: GuardedRequest) => ExoError | undefined {
  const hosts = new Set([...loopback, ...(options.hosts ?? []).map(nameOf)]);
  const origins = new Set((options.origins ?? []).map((origin) => origin.toLowerCase().replace(/\/$/, "")));
  // Callers keep to one spelling: the last one that passed spares the parsing.
  let accepted: string | undefined;
  const refuseHost = (what: string) => wrongHost(what, options.remedy);
  return ({ headers, rawHeaders }) => {
    const { host, origin } = headers;
    if (host === undefined || countOf(rawHeaders, "host") !== 1)
      return refuseHost("There must be exactly one Host header");
    if (host !== accepted) {
      const name = nameOf(host);
      if (!hosts.has(name) && !(options.anyAddress && isAddress(name)))
        return refuseHost(`The host '${shorten(host)}' is not served here`);
      accepted = host;
    }
    return origin === undefined || origins.has(origin.toLowerCase()) ? undefined : refuseOrigin(origin);
  };
}

/** The name in a Host header, in lower case and without the port; an IPv6 address in brackets, as the header has it. */
function nameOf(host: string): string {
  const name = host.toLowerCase();
  if (/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/.test(name)) return `[${name}]`;
  return name.replace(/:\d{1,5}$/, "");
}

/** Node keeps only the first of several Host headers; another server on the way may have looked at the last. */
function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index];
    if (header?.length === name.length && header.toLowerCase() === name) count++;
  }
  return count;
}

/** Whether a name, as `nameOf` gives it, is an address. */
function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
}

function wrongHost(what: string, remedy = "allow the name in its settings"): ExoError {
  return new ExoError("NOT_ALLOWED", `${what}: call this process as localhost, or ${remedy}.`);
}

function refuseOrigin(origin: string): ExoError {
  const detail = `Web pages of '${shorten(origin)}' may not call this process: allow the origin in its settings if they should.`;
  return new ExoError("NOT_ALLOWED", detail);
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
