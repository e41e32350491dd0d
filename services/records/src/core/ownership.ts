import { type Entry, type Fields, isObject } from "./fields.ts";

/** Who is behind a message: the `user` of its `auth`. */
export function userOf(auth: unknown): string | number | undefined {
  const user = isObject(auth) ? auth.user : undefined;
  return typeof user === "string" || typeof user === "number" ? user : undefined;
}

/** A new record of this user. What the message says itself about the owner counts only if nobody is behind it. */
export function owned(fields: Fields, user: string | number | undefined): Fields {
  return user === undefined ? fields : { ...fields, owner_id: user };
}

/** Whether this user, or nobody, may change a record: its owner, and anybody if it has none. Ids compare as text. */
export function mayChange({ owner_id: owner }: Entry, user: string | number | undefined): boolean {
  return owner === undefined || owner === null || isSame(owner, user);
}

function isSame(owner: unknown, user: string | number | undefined): boolean {
  if (typeof owner !== "string" && typeof owner !== "number") return false;
  return user !== undefined && String(owner) === String(user);
}
