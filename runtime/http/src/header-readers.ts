import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { type HeaderReaders, isIntegerWithin, isTraceText, parseDeadline, Refusal } from "@exosphere/message";
import { jsonMistake } from "@exosphere/message/json";

/** How the headers of Node's requests are read, by the form of the field. */
export const headerReaders: HeaderReaders<IncomingMessage> = {
  id: headerText,
  json: headerJson,
  trace: traceText,
  duration: headerDuration,
  integer: headerInteger,
};

/** Bytes that are JSON. `where`: what they are called in a refusal. Throws a Refusal. */
export function checkJson(bytes: Buffer, where: string): Buffer {
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
  return typeof value === "string" && isTraceText(value) ? value : undefined;
}

function headerJson(request: IncomingMessage, name: string): Uint8Array | undefined {
  const text = headerText(request, name);
  return text === undefined || text === "null" ? undefined : checkJson(Buffer.from(text), name);
}

function headerDuration(request: IncomingMessage, name: string): number | undefined {
  const text = headerText(request, name);
  return text === undefined ? undefined : parseDeadline(text);
}

function headerInteger(request: IncomingMessage, name: string, min: number, max: number): number | undefined {
  const text = headerText(request, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : undefined;
  if (isIntegerWithin(value, min, max)) return value;
  throw new Refusal(`${name} must be a whole number from ${min} to ${max}.`);
}
