import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { ExoError } from "@exosphere/proto";
import { shorten } from "./shorten.ts";

/** Names by which a server may be called, beside those of loopback. */
export interface HostCheckOptions {
  /** Address that the process listens on. Where that is every address of the machine, callers may use any address. */
  readonly listensOn?: string;
  /** Further names in the Host header, without port: "exosphere.internal". */
  readonly hosts?: readonly string[];
  /** The setting that allows further names, for refusals: "--allow-hosts". */
  readonly hostsSetting?: string;
}

const loopback = ["localhost", "127.0.0.1", "[::1]"];

/** Addresses that stand for all of a machine's. */
const allAddresses: ReadonlySet<string> = new Set(["0.0.0.0", "::", "[::]"]);

/**
 * Makes the check of the Host header. A web page can make its own name resolve to this machine (DNS rebinding), but its requests
 * then carry that name; only names can be made to lead elsewhere, so addresses are safe. The check returns the NOT_ALLOWED to
 * answer with, or undefined for a request that may pass.
 */
export function hostCheck({
  listensOn,
  hosts = [],
  hostsSetting,
}: HostCheckOptions): (request: Pick<IncomingMessage, "headers" | "rawHeaders">) => ExoError | undefined {
  const names = new Set([...loopback, ...(listensOn === undefined ? [] : [listensOn]), ...hosts].map(nameOf));
  const anyAddress = listensOn !== undefined && allAddresses.has(listensOn);
  const remedies = [
    "call this process as localhost",
    ...(anyAddress ? ["by its address"] : []),
    hostsSetting === undefined ? "allow the name in its settings" : `allow the name with ${hostsSetting}`,
  ].join(", or ");
  const refuse = (what: string) => new ExoError("NOT_ALLOWED", `${what}: ${remedies}.`);
  // Callers keep to one spelling: the last one that passed spares the parsing.
  let accepted: string | undefined;
  return ({ headers: { host }, rawHeaders }) => {
    if (host === undefined || countOf(rawHeaders, "host") !== 1) return refuse("There must be exactly one Host header");
    if (host === accepted) return undefined;
    const name = nameOf(host);
    if (!names.has(name) && !(anyAddress && isAddress(name)))
      return refuse(`The host '${shorten(host)}' is not served here`);
    accepted = host;
    return undefined;
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
