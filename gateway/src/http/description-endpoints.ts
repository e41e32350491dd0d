import { createHash } from "node:crypto";
import type { ClientEndpoint } from "./client-edge.ts";

/** `GET /openapi.json` and `GET /asyncapi.json`. The texts change with the routes; an unchanged one is answered 304. */
export function descriptionEndpoints(texts: {
  readonly openapi: () => string;
  readonly asyncapi: () => string;
}): ClientEndpoint[] {
  return (["openapi", "asyncapi"] as const).map((kind) => {
    let latest = { text: "", etag: "" };
    return {
      method: "GET",
      path: `/${kind}.json`,
      route: kind,
      access: "public" as const,
      handle(exchange) {
        exchange.admit();
        const text = texts[kind]();
        if (text !== latest.text) latest = { text, etag: etagOf(text) };
        const headers = { "cache-control": "no-cache", etag: latest.etag };
        if (isKnown(exchange.header("if-none-match"), latest.etag)) exchange.empty(304, headers);
        else exchange.answer(200, text, headers);
      },
    };
  });
}

/** A weak one, as the text may be compressed or not: RFC 9110, section 8.8.1. */
function etagOf(text: string): string {
  return `W/"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
}

/** RFC 9110, section 13.1.2: weak comparison. */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((each) => each.trim().replace(/^W\//, "") === etag.slice(2));
}
