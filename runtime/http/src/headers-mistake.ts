import type { IncomingMessage } from "node:http";
import { listedFields } from "@exosphere/message";
import { ExoError } from "@exosphere/proto";
import { roleHeader } from "./role-header.ts";

/** Headers of a request. Node drops those beyond 2,000 without a word; no client that means well sends more than twenty. */
const maxHeaders = 100;

/** Those of messages. A list may stand in several of them: W3C Trace Context, section 3.3.1. */
const ours = listedFields.flatMap(({ header, form }) => (header && !("isList" in form && form.isList) ? header : []));

/** Headers of which two may mean different things to two readers. Node keeps the first, or joins them. */
const single: ReadonlySet<string> = new Set([...ours, roleHeader, "authorization", "content-type"]);

/**
 * What is wrong with the headers of a request as a whole, or undefined: they are too many, or one that may stand there once
 * stands there twice. Node itself refuses two lengths, and a length beside a transfer encoding.
 */
export function headersMistake({ rawHeaders }: Pick<IncomingMessage, "rawHeaders">): ExoError | undefined {
  if (rawHeaders.length > 2 * maxHeaders) {
    const detail = `A request has at most ${maxHeaders} headers: send fewer.`;
    return new ExoError("INVALID_MESSAGE", detail, { facts: { limit: maxHeaders } });
  }
  for (let index = 2; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    for (let before = 0; before < index; before += 2) {
      const other = rawHeaders[before] as string;
      if (other.length !== name.length || other.toLowerCase() !== name.toLowerCase()) continue;
      const lower = name.toLowerCase();
      if (single.has(lower)) return new ExoError("INVALID_MESSAGE", `There are two headers '${lower}': send one.`);
    }
  }
  return undefined;
}
