import { clientDraftOfMembers, type Draft, type Members, Refusal, textMember } from "@exosphere/message";

/** How a client recognises the answer to a frame: as JSON text, exactly as it came. */
export type Ref = string | undefined;

/** What a client says when it connects. */
export interface ConnectFrame {
  readonly kind: "connect";
  readonly session: string | undefined;
  readonly offset: number | undefined;
  readonly token: string | undefined;
  readonly isAcking: boolean;
  readonly names: readonly string[] | undefined;
}

/** A message that a client sends. */
export interface MessageFrame {
  readonly kind: "message";
  readonly ref: Ref;
  readonly isRequest: boolean;
  /** As `Idempotency-Key`. */
  readonly key: string | undefined;
  readonly draft: Draft;
}

/** A frame of a client: docs/reference/websocket.md. */
export type ClientFrame =
  | ConnectFrame
  | MessageFrame
  | { readonly kind: "ack"; readonly offset: number }
  | { readonly kind: "refresh"; readonly ref: Ref; readonly token: string }
  | { readonly kind: "subscribe"; readonly ref: Ref; readonly names: readonly string[] | undefined }
  | { readonly kind: "ping"; readonly ref: Ref };

/** Longest `ref` and `key`, in characters: a UUID has 36. */
const maxRefCharacters = 100;

const decoder = new TextDecoder();

/** Reads a frame. Throws a Refusal. */
export function clientFrameOf(members: Members): ClientFrame {
  const type = textMember(members, "type");
  if (members.has("name") || type === undefined) return messageFrameOf(members);
  const ref = refOf(members);
  switch (type) {
    case "connect":
      return {
        kind: "connect",
        session: textMember(members, "session"),
        offset: members.has("offset") ? offsetOf(members) : undefined,
        token: textMember(members, "token"),
        isAcking: flagOf(members, "ack"),
        names: namesOf(members),
      };
    case "ack":
      return { kind: "ack", offset: offsetOf(members) };
    case "refresh": {
      const token = textMember(members, "token");
      if (token === undefined) throw new Refusal("A frame of the type 'refresh' needs a 'token', which is text.");
      return { kind: "refresh", ref, token };
    }
    case "subscribe":
      if (!members.has("names")) throw new Refusal("A frame of the type 'subscribe' needs 'names': a list, or null.");
      return { kind: "subscribe", ref, names: namesOf(members) };
    case "ping":
      return { kind: "ping", ref };
    default:
      throw new Refusal(
        "The 'type' must be connect, ack, refresh, subscribe or ping; a frame with a 'name' is a message.",
      );
  }
}

/** The `ref` of a frame that may be anything: for the answer that says what is wrong with it. */
export function refOfAny(members: Members): Ref {
  try {
    return refOf(members);
  } catch {
    return undefined;
  }
}

function messageFrameOf(members: Members): MessageFrame {
  const ref = refOf(members);
  const isRequest = flagOf(members, "request");
  if (isRequest && ref === undefined) throw new Refusal("A request needs a 'ref', by which its reply is known.");
  const key = textMember(members, "key");
  if (key !== undefined && (key === "" || key.length > maxRefCharacters))
    throw new Refusal(`The 'key' must have 1 to ${maxRefCharacters} characters.`);
  return {
    kind: "message",
    ref,
    isRequest,
    key,
    draft: clientDraftOfMembers(members),
  };
}

function refOf(members: Members): Ref {
  const raw = members.get("ref");
  if (!raw) return undefined;
  if (raw.byteLength > 4 * maxRefCharacters) throw new Refusal(`A 'ref' has at most ${maxRefCharacters} characters.`);
  const text = decoder.decode(raw);
  if (text === "null") return undefined;
  if (text.startsWith('"') || /^-?\d/.test(text)) return text;
  throw new Refusal("A 'ref' must be text or a number.");
}

function offsetOf(members: Members): number {
  const value = memberOf(members, "offset");
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Refusal("The 'offset' must be a whole number: that of the last message.");
}

function flagOf(members: Members, key: string): boolean {
  const value = memberOf(members, key) ?? false;
  if (typeof value === "boolean") return value;
  throw new Refusal(`'${key}' must be true or false.`);
}

function namesOf(members: Members): readonly string[] | undefined {
  const value = memberOf(members, "names") ?? undefined;
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((name) => typeof name === "string")) return value;
  throw new Refusal("The 'names' must be a list of texts: the names of messages.");
}

function memberOf(members: Members, key: string): unknown {
  const raw = members.get(key);
  return raw && JSON.parse(decoder.decode(raw));
}
