import type { Filter, Sort } from "mongodb";
import { keysOf } from "../core/field-key.ts";
import type { Fields } from "../core/fields.ts";
import type { ListQuery, Position } from "../core/store.ts";
import type { RecordDocument } from "./document.ts";
import { escapedName } from "./field-names.ts";

type Condition = Filter<RecordDocument>;

/** The documents of records that have exactly these values. Values become keys, which are mere text. */
export function matching(match: Fields): Condition {
  const conditions = Object.entries(match).map(([name, value]) => {
    const [key, ...others] = keysOf(name, value);
    return { [pathOf(name)]: others.length === 0 ? key : { $in: [key, ...others] } };
  });
  return all(conditions as Condition[]);
}

/** The documents of a page. */
export function pageOf({ match, sortBy, isDescending, after }: ListQuery): { filter: Condition; sort: Sort } {
  const direction = isDescending ? -1 : 1;
  const path = sortBy === undefined ? undefined : pathOf(sortBy);
  return {
    filter: all([matching(match), ...(after ? [beyond(after, path, isDescending)] : [])]),
    sort: { ...(path !== undefined && { [path]: direction }), _id: direction },
  };
}

/** What comes after a place in a list. A document that lacks the field comes before those that have it. */
function beyond({ key, id }: Position, path: string | undefined, isDescending: boolean): Condition {
  const further = isDescending ? "$lt" : "$gt";
  if (path === undefined) return { _id: { [further]: id } } as Condition;
  const isAbsent = { [path]: { $exists: false } };
  if (key === "") {
    const others = { ...isAbsent, _id: { [further]: id } };
    return (isDescending ? others : { $or: [others, { [path]: { $exists: true } }] }) as Condition;
  }
  const conditions = [{ [path]: { [further]: key } }, { [path]: key, _id: { [further]: id } }];
  return { $or: isDescending ? [...conditions, isAbsent] : conditions } as Condition;
}

function pathOf(name: string): string {
  return `_exo.keys.${escapedName(name)}`;
}

function all(conditions: readonly Condition[]): Condition {
  const some = conditions.filter((condition) => Object.keys(condition).length > 0);
  return (some.length === 0 ? {} : { $and: some }) as Condition;
}
