import { emptyList } from "@exosphere/proto";

/** A list to add to: the one that all messages without any share becomes one of the message's own. */
export function grown<T>(list: T[]): T[] {
  return list === emptyList ? [] : list;
}

/** A list with one more at its end: `list` itself, unless all messages share it. */
export function withAdded<T>(list: T[], item: T): T[] {
  const own = list === emptyList ? [] : list;
  own.push(item);
  return own;
}
