import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Draft } from "@exosphere/message";
import { nameOfPath, parseDeadline, Refusal } from "@exosphere/message";
import { jsonMistake } from "@exosphere/message/json";
import { headers } from "@exosphere/proto";

/** The head of a message, from path and headers: known, and checked, before the body has come. Throws a Refusal. */
export function headOfRequest(request: IncomingMessage, encodedName: string): Omit<Draft, "payload"> {
  return { name: nameOfPath(encodedName), ...headersOfRequest(request) };
}

/** What the headers of a request say of its message, or of all its messages. Throws a Refusal. */
export function headersOfRequest(request: IncomingMessage): Omit<Draft, "name" | "payload"> {
  const auth = headerText(request, headers.auth);
  const deadline = headerText(request, headers.deadline);
  return {
    id: headerText(request, headers.messageId),
    activityId: headerText(request, headers.activityId),
    responseTo: headerText(request, headers.responseTo),
    auth: auth === undefined || auth === "null" ? undefined : checkJson(Buffer.from(auth), headers.auth),
    traceparent: traceText(request, headers.traceparent),
    tracestate: traceText(request, headers.tracestate),
    deadlineMs: deadline === undefined ? undefined : parseDeadline(deadline),
  };
}

/** A body as payload: JSON whatever the Content-Type, or empty for none. Throws a Refusal. */
export function checkPayload(body: Buffer): Buffer {
  return body.length === 0 ? body : checkJson(body, "The body");
}

function checkJson(bytes: Buffer, where: string): Buffer {
  const mistake = jsonMistake(bytes);
  if (mistake === undefined) return bytes;
  throw new Refusal(`${where} must be JSON (RFC 8259), or absent: ${mistake}.`);
}

/** A header as text. Node gives the bytes as Latin-1; ours are UTF-8. Empty counts as absent. Throws a Refusal. */
function headerText(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  if (typeof value !== "string" || value === "") return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII, as it nearly always is
  if (/^[\u0000-\u007f]*$/.test(value)) return value;
  const bytes = Buffer.from(value, "latin1");
  if (!isUtf8(bytes)) throw new Refusal(`${name} must be UTF-8.`);
  return bytes.toString("utf8");
}

/** A header of W3C Trace Context, which is ASCII. What is not is no reason to refuse a message. */
function traceText(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" && /^[\x20-\x7e]+$/.test(value) ? value : undefined;
}
