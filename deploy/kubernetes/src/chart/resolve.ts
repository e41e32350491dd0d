import { isNode, type Node, type Tree } from "./tree.ts";

/** JSON without null. */
export type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };

/** What a chart makes of a tree with its default values. Undefined: nothing. */
export function resolve(tree: Tree): Plain | undefined {
  if (typeof tree !== "object") return tree;
  if (isNode(tree)) return resolveNode(tree);
  if (Array.isArray(tree)) return tree.flatMap(resolveItem);
  const entries = Object.entries(tree).map(
    ([key, value]) => [key, value === undefined ? value : resolve(value)] as const,
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, Plain] => entry[1] !== undefined));
}

function resolveNode(node: Node): Plain | undefined {
  switch (node.node) {
    case "scalar":
      return node.fallback;
    case "composed":
      return node.parts.map((part) => (typeof part === "string" ? part : String(part.fallback))).join("");
    case "block":
      return isEmpty(node.fallback) ? undefined : resolve(node.fallback);
    case "when":
      return isEmpty(node.condition.fallback) ? undefined : resolve(node.tree);
  }
}

/** A block within a list stands for its items. */
function resolveItem(item: Tree): readonly Plain[] {
  const resolved = resolve(item);
  if (resolved === undefined) return [];
  return typeof item === "object" && isNode(item) && item.node === "block"
    ? (resolved as readonly Plain[])
    : [resolved];
}

/** What Helm's `with` and `if` take for nothing. */
export function isEmpty(value: Tree): boolean {
  return typeof value === "object" ? Object.keys(value).length === 0 : !value;
}
