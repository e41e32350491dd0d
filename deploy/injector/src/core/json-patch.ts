/** A change of a JSON Patch (RFC 6902). Here things are only added. */
export interface PatchOperation {
  readonly op: "add";
  readonly path: string;
  readonly value: unknown;
}

/** A JSON Pointer (RFC 6901) from its parts. */
export function pointer(...parts: readonly (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** Adds values at the end of a list, which is made where it is missing. */
export function append(
  list: readonly unknown[] | undefined,
  values: readonly unknown[],
  path: string,
): PatchOperation[] {
  if (values.length === 0) return [];
  if (list === undefined) return [{ op: "add", path, value: values }];
  return values.map((value) => ({ op: "add", path: `${path}/-`, value }));
}

/** Adds a value at the front of a list, which is made where it is missing. */
export function prepend(list: readonly unknown[] | undefined, value: unknown, path: string): PatchOperation[] {
  return [list === undefined ? { op: "add", path, value: [value] } : { op: "add", path: `${path}/0`, value }];
}
