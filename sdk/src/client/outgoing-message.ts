import { Buffer } from "node:buffer";
import type { Incoming, Outgoing, ReturnPath } from "@exosphere/link";
import { longestTimerMs } from "@exosphere/link";
import type { FieldsFrom } from "@exosphere/message";
import { messageFields } from "@exosphere/message/fields";
import { ExoError } from "@exosphere/proto";
import { newId } from "./new-id.ts";

/** What can be said of a message beside its name and payload. */
export interface SendOptions {
  /** The activity to join. Default: a new one, or in a handler that of its message. 1 to 255 characters. */
  readonly activityId?: string | undefined;
  /** Default: a new UUID. 1 to 255 characters. */
  readonly id?: string | undefined;
  /** On whose behalf: any JSON. Default, and for null: nobody's, or on a reply that of its message. */
  readonly auth?: unknown;
  /** Milliseconds in which the message is of use. Default: the broker's, 30 s. */
  readonly deadlineMs?: number | undefined;
  /** Ends the wait. What waits in the outbox is not sent then; what is on its way may arrive nevertheless. */
  readonly signal?: AbortSignal | undefined;
  /** Id of the message that it replies to, for a reply that is sent later than its handler ends. 1 to 255 characters. */
  readonly responseTo?: string | undefined;
  /** W3C trace context to go on with. Default: none, or in a handler that of its message. */
  readonly traceparent?: string | undefined;
  /** W3C trace state beside `traceparent`. */
  readonly tracestate?: string | undefined;
}

/** What a message inherits from the delivery in whose handler it is sent. */
export interface Origin {
  readonly activityId: string;
  readonly traceparent: string;
  readonly tracestate: string;
  /** Set on a reply. */
  readonly responseTo?: string;
  readonly returnPath?: ReturnPath | undefined;
  /** Further replies may follow. */
  readonly more?: boolean;
  /** JSON text that goes onto replies without `auth` of their own. */
  readonly auth?: Uint8Array | undefined;
}

const { maxBytes: maxNameBytes } = messageFields.name.form;
const { maxCharacters: maxIdCharacters } = messageFields.id.form;

/** Longest deadline, in milliseconds: 24 days. */
export const maxDeadlineMs = longestTimerMs;

/** Nothing is said of a message beside its name and payload. */
export const noOptions: SendOptions = Object.freeze({});

/** Everything that can be said of a message; the last three of a request with many replies. */
const knownOptions: ReadonlySet<string> = new Set(
  Object.keys({
    activityId: true,
    id: true,
    auth: true,
    deadlineMs: true,
    signal: true,
    responseTo: true,
    traceparent: true,
    tracestate: true,
    max: true,
    until: true,
    withinMs: true,
  } satisfies Record<FieldsFrom<"sdk"> | keyof SendOptions | "max" | "until" | "withinMs", true>),
);

/** C0, DEL and C1, as at every edge. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

/** What a message is sent with that its sender does not say. */
export interface Framing {
  readonly defaultDeadlineMs: number;
  readonly maxPayloadBytes: number;
  /** See `Outgoing.handling`. */
  readonly handling: Incoming | undefined;
}

/** A message on its way out. Throws INVALID_MESSAGE or PAYLOAD_TOO_LARGE. */
export function outgoingMessage(
  name: string,
  payload: unknown,
  options: SendOptions,
  { defaultDeadlineMs, maxPayloadBytes, handling }: Framing,
  origin?: Origin,
): Outgoing {
  checkName(name);
  if (options !== noOptions) checkOptions(name, options);
  const id = checkedId(options.id, "id") ?? newId();
  const json = jsonOf(payload, "payload", name);
  if (isLongerThan(maxPayloadBytes, json)) throw tooLarge(name, maxPayloadBytes);
  return {
    name,
    id,
    activityId: checkedId(options.activityId, "activityId") ?? origin?.activityId ?? id,
    payload: json,
    auth: authOf(options.auth, name) ?? origin?.auth ?? "",
    responseTo: checkedId(options.responseTo, "responseTo") ?? origin?.responseTo ?? "",
    traceparent: checkedTrace(options.traceparent, "traceparent") ?? origin?.traceparent ?? "",
    tracestate:
      checkedTrace(options.tracestate, "tracestate") ??
      (options.traceparent === undefined ? origin?.tracestate : undefined) ??
      "",
    deadlineMs: checkedDeadline(options.deadlineMs) ?? defaultDeadlineMs,
    returnPath: origin?.returnPath,
    handling,
    more: origin?.more ?? false,
  };
}

/** What is written as null counts as absent, as at every edge. */
function authOf(auth: unknown, name: string): string | undefined {
  if (auth === undefined) return undefined;
  const json = jsonOf(auth, "auth", name);
  return json === "null" ? undefined : json;
}

/** Names that were found to be right: a process sends few, and to look at one again takes longer than to find it here. */
const rightNames = new Set<string>();

/** Names that are remembered. More than that are no names, but made up one by one. */
const maxRightNames = 1000;

/** What is wrong with the call itself, as it may come from JavaScript. */
function checkName(name: unknown): void {
  if (rightNames.has(name as string)) return;
  if (!isPlainText(name) || Buffer.byteLength(name) > maxNameBytes)
    throw new ExoError(
      "INVALID_MESSAGE",
      `The name of a message is text of 1 to ${maxNameBytes} bytes, valid Unicode without control characters.`,
    );
  if (rightNames.size < maxRightNames) rightNames.add(name);
}

function checkOptions(name: string, options: SendOptions): void {
  if (typeof options !== "object" || options === null)
    throw new ExoError("INVALID_MESSAGE", `The options of '${name}' must be an object, such as { deadlineMs: 500 }.`);
  for (const option of Object.keys(options)) {
    if (knownOptions.has(option)) continue;
    const known = [...knownOptions].join(", ");
    throw new ExoError("INVALID_MESSAGE", `A message has no option '${option}'; there are ${known}.`);
  }
}

function jsonOf(value: unknown, what: string, name: string): string {
  if (value === undefined) return "";
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  if (text !== undefined) return text;
  const why = cause === undefined ? `it is a ${typeof value}` : whyNoJson(cause);
  throw new ExoError("INVALID_MESSAGE", `The ${what} of '${name}' cannot be written as JSON: ${why}.`, { cause });
}

/** Why something is no JSON, by what V8 throws for it. Anything else was thrown by the value's own code, and is the cause. */
function whyNoJson(thrown: unknown): string {
  const text = thrown instanceof TypeError ? thrown.message : "";
  if (text.includes("circular")) return "it contains itself. Send only the parts that are meant";
  if (text.includes("BigInt")) return "it contains a BigInt. Send that as text";
  return "a toJSON or a getter in it threw";
}

/** Half a character would not be what arrives, and a control character is refused where another edge is to send it back. */
function isPlainText(text: unknown): text is string {
  return typeof text === "string" && text !== "" && text.isWellFormed() && !controlCharacter.test(text);
}

function checkedId(id: string | undefined, what: string): string | undefined {
  if (id === undefined || (isPlainText(id) && id.length <= maxIdCharacters)) return id;
  const form = `text of 1 to ${maxIdCharacters} characters, valid Unicode without control characters`;
  throw new ExoError("INVALID_MESSAGE", `The ${what} of a message is ${form}.`);
}

/** `Headers.get` says null for a header that is not there. */
function checkedTrace(text: string | null | undefined, what: string): string | undefined {
  if (text === undefined || text === null || typeof text === "string") return text ?? undefined;
  throw new ExoError("INVALID_MESSAGE", `The ${what} of a message is text, as in the header of this name.`);
}

function checkedDeadline(deadlineMs: number | undefined): number | undefined {
  const isRight = typeof deadlineMs === "number" && deadlineMs > 0 && deadlineMs <= maxDeadlineMs;
  if (deadlineMs === undefined || isRight) return deadlineMs;
  throw new ExoError(
    "INVALID_MESSAGE",
    `deadlineMs is ${typeof deadlineMs === "string" ? `the text '${deadlineMs}'` : deadlineMs}, but must be a number of milliseconds above 0 and at most ${maxDeadlineMs}.`,
  );
}

/** Whether a text has more bytes than so many. Most are so short that they need not be counted. */
function isLongerThan(maxBytes: number, text: string): boolean {
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes;
}

function tooLarge(name: string, limit: number): ExoError {
  const detail = `The payload of '${name}' has more than ${limit} bytes. Send less, or raise maxPayloadBytes and --max-payload.`;
  return new ExoError("PAYLOAD_TOO_LARGE", detail, { facts: { name, limit } });
}
