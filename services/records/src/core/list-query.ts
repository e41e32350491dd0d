import { keyOf } from "./field-key.ts";
import type { Entry } from "./fields.ts";
import { type Fields, hasInexactNumber, inexactNumber, isObject } from "./fields.ts";
import type { ListQuery, Position } from "./store.ts";

/** Records of a page if the query does not say: what fits on a screen, and far below a payload's limit. */
export const defaultLimit = 100;

/** Records of a page at most. A query for more gets this many, and a cursor. */
export const maxLimit = 1_000;

/** Bytes of the records of a page, as JSON: half of the default `--max-payload`. A page has one record at least. */
const maxPageBytes = 512 * 1024;

/** A query that cannot be understood; its message says why. */
export class QueryMistake extends Error {
  override readonly name = "QueryMistake";
}

/** Reads the payload of a `list` message. Throws a QueryMistake. */
export function listQuery(payload: unknown): ListQuery {
  const query = payload ?? {};
  if (!isObject(query)) throw new QueryMistake("A query is an object");
  const { owner_id: owner, filter = {}, sort, limit = defaultLimit, cursor } = query;
  if (!isObject(filter ?? {})) throw new QueryMistake("filter is an object of fields and their values");
  if (hasInexactNumber([filter, owner])) throw new QueryMistake(inexactNumber);
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1)
    throw new QueryMistake(`limit is a whole number from 1 to ${maxLimit}`);
  const match = { ...((filter ?? {}) as Fields), ...(owner !== undefined && owner !== null && { owner_id: owner }) };
  const order = orderOf(sort);
  return {
    match,
    ...order,
    limit: Math.min(limit, maxLimit),
    maxBytes: maxPageBytes,
    after: positionOf(cursor, order),
  };
}

/** Where a page that ends with this record is gone on from. */
export function cursorAfter(entry: Entry, { sortBy, isDescending }: Order): string {
  const key = sortBy === undefined || !Object.hasOwn(entry, sortBy) ? "" : keyOf(entry[sortBy]);
  return Buffer.from(JSON.stringify([sortBy ?? null, isDescending, key, entry.id])).toString("base64url");
}

type Order = Pick<ListQuery, "sortBy" | "isDescending">;

/** `"name"`, `"-name"`, or as MongoDB has it: `{"name": 1}`, `{"name": -1}`. */
function orderOf(sort: unknown): Order {
  if (sort === undefined || sort === null) return { sortBy: undefined, isDescending: false };
  if (typeof sort === "string" && sort !== "" && sort !== "-") {
    const isDescending = sort.startsWith("-");
    return { sortBy: isDescending ? sort.slice(1) : sort, isDescending };
  }
  const [[sortBy, direction] = [], ...others] = isObject(sort) ? Object.entries(sort) : [];
  if (sortBy !== undefined && others.length === 0 && (direction === 1 || direction === -1))
    return { sortBy, isDescending: direction === -1 };
  throw new QueryMistake('sort is the name of a field, such as "name" or, for the other direction, "-name"');
}

function positionOf(cursor: unknown, { sortBy, isDescending }: Order): Position | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const [itsSortBy, itsDirection, key, id] = typeof cursor === "string" ? parsed(cursor) : [];
  if (typeof key !== "string" || typeof id !== "string") throw new QueryMistake("cursor is not one of this service");
  if (itsSortBy !== (sortBy ?? null) || itsDirection !== isDescending)
    throw new QueryMistake("cursor belongs to a list that is sorted in another way");
  return { key, id };
}

function parsed(cursor: string): readonly unknown[] {
  try {
    const value = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown;
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
