/** Somebody who has shown a valid token. */
export interface User {
  /** Who it is: the claim `sub`. */
  readonly id: string;
  /** Everything that the token says. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly scopes: ReadonlySet<string>;
  /** When the token ends, in milliseconds since 1970. */
  readonly expiresMs: number;
}

/** The longest id of a user, in UTF-16 code units: as long as other ids on the bus. */
export const maxUserIdLength = 255;

/** The last moment that RFC 3339 can say, as `expiresAt` does. Some tokens end later, as they never should. */
const latestMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A token's claims once its signature, issuer, audience and times are checked; undefined if they name nobody. */
export function userOfClaims(claims: Readonly<Record<string, unknown>>): User | undefined {
  const { sub, exp } = claims;
  if (typeof sub !== "string" || sub === "" || sub.length > maxUserIdLength || typeof exp !== "number")
    return undefined;
  const expiresMs = Math.min(exp * 1000, latestMs);
  return { id: sub, claims, scopes: new Set(scopesOf(claims)), expiresMs };
}

/** RFC 8693 has `scope`, a text with spaces; others write `scp` or `scopes`, and lists. */
function scopesOf({ scope, scp, scopes }: Readonly<Record<string, unknown>>): string[] {
  return [scope, scp, scopes].flatMap((value) => {
    if (typeof value === "string") return value.split(" ").filter((part) => part !== "");
    return Array.isArray(value) ? value.filter((part) => typeof part === "string") : [];
  });
}

const encoder = new TextEncoder();

/** The `auth` of what a client sends: set here, and nowhere else. */
export function authOf(sessionId: string, user: User | undefined): Uint8Array {
  const auth = user ? { sessionId, user: user.id, claims: user.claims } : { sessionId };
  return encoder.encode(JSON.stringify(auth));
}

/** Whom the `auth` of a message from the bus names. */
export interface Target {
  readonly sessionId: string | undefined;
  readonly user: string | undefined;
}

const decoder = new TextDecoder();

/** Reads `auth`, which was checked to be JSON where it entered the bus. Undefined: it names nobody. */
export function targetOf(auth: Uint8Array): Target | undefined {
  if (auth.byteLength === 0) return undefined;
  const value: unknown = JSON.parse(decoder.decode(auth));
  if (typeof value !== "object" || value === null) return undefined;
  const { sessionId, user } = value as Readonly<Record<string, unknown>>;
  const target = { sessionId: nameOf(sessionId), user: nameOf(user) };
  return target.sessionId === undefined && target.user === undefined ? undefined : target;
}

function nameOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
