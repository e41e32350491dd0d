import type { IncomingMessage } from "node:http";
import { appHeadersOf, checkName, clientHeadersOf, type Draft, type HeadFrom } from "@exosphere/message";
import { checkJson, headerReaders } from "./header-readers.ts";

/** The head of an app's message, from the name in the path and headers: known, and checked, before the body has come. Throws a Refusal. */
export function headOfRequest(request: IncomingMessage, name: string): Omit<Draft, "payload"> {
  return { name: checkName(name), ...appHeadersOf(request, headerReaders) };
}

/** The head of a client's message. The gateway says on whose behalf it is sent, whatever its headers say. Throws a Refusal. */
export function headOfCall(request: IncomingMessage, name: string): Omit<Draft, "payload"> {
  return { name: checkName(name), ...clientHeadersOf(request, headerReaders) };
}

/** What the headers of an app's request say of its message, or of all its messages. Throws a Refusal. */
export function headersOfRequest(request: IncomingMessage): HeadFrom<"appHeaders"> {
  return appHeadersOf(request, headerReaders);
}

/** A body as payload: JSON whatever the Content-Type, or empty for none. Throws a Refusal. */
export function checkPayload(body: Buffer): Buffer {
  return body.length === 0 ? body : checkJson(body, "The body");
}
