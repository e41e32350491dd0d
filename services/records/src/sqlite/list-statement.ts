import { keysOf } from "../core/field-key.ts";
import { type Fields, maxFields } from "../core/fields.ts";
import type { ListQuery } from "../core/store.ts";

/** SQL and the values of its parameters. */
interface Condition {
  readonly condition: string;
  readonly values: readonly string[];
}

/** The records that have exactly these values. What was sent goes into parameters alone. */
export function matchCondition(match: Fields): Condition {
  const fields = Object.entries(match);
  // No record has more, and no statement that many parameters.
  if (fields.length > maxFields) return { condition: "false", values: [] };
  const keys = fields.map(([name, value]) => keysOf(name, value));
  const conditions = keys.map(
    ({ length }) => `id IN (SELECT id FROM field WHERE name = ? AND key IN (${new Array(length).fill("?")}))`,
  );
  return {
    condition: allOf(conditions),
    values: fields.flatMap(([name], at) => [name, ...(keys[at] ?? [])]),
  };
}

/** In pairs of pairs: one after the other, a thousand of them are an expression deeper than SQLite takes. */
function allOf(conditions: readonly string[]): string {
  if (conditions.length <= 1) return conditions[0] ?? "true";
  const middle = conditions.length >> 1;
  return `(${allOf(conditions.slice(0, middle))} AND ${allOf(conditions.slice(middle))})`;
}

/** The records of a page, and one more if there are more. */
export function listStatement({ match, sortBy, isDescending, limit, after }: ListQuery): {
  readonly sql: string;
  readonly values: readonly (string | number)[];
} {
  const matching = matchCondition(match);
  // A record that lacks the field comes before those that have it.
  const sorted =
    sortBy === undefined
      ? "SELECT id, body, '' AS key FROM record"
      : "SELECT id, body, coalesce((SELECT key FROM field WHERE field.id = record.id AND name = ?), '') AS key FROM record";
  const direction = isDescending ? "DESC" : "ASC";
  const position = after ? `AND (key, id) ${isDescending ? "<" : ">"} (?, ?)` : "";
  return {
    sql: `SELECT body FROM (${sorted}) WHERE ${matching.condition} ${position} ORDER BY key ${direction}, id ${direction} LIMIT ?`,
    values: [
      ...(sortBy === undefined ? [] : [sortBy]),
      ...matching.values,
      ...(after ? [after.key, after.id] : []),
      limit + 1,
    ],
  };
}
