/** A value of the chart that stands for a text, a number or a boolean. */
export interface Scalar {
  readonly node: "scalar";
  readonly path: readonly string[];
  readonly fallback: string | number | boolean;
  /** How templates refer to what is not among the values: `.Release.Namespace`. */
  readonly builtIn?: string;
}

/** A text that is put together of fixed parts and values of the chart. */
export interface Composed {
  readonly node: "composed";
  readonly parts: readonly (string | Scalar)[];
}

/** A value of the chart that is a map or a list. Where it is empty, its key is left out; as an item of a list, its items are. */
export interface Block {
  readonly node: "block";
  readonly path: readonly string[];
  readonly fallback: Tree;
}

/** What is there only if a value of the chart is set, and not false, 0 or empty. */
export interface Conditional {
  readonly node: "when";
  readonly condition: Scalar | Block;
  readonly tree: Tree;
}

/** An object of Kubernetes in which some places are values of a chart. */
export type Tree =
  | string
  | number
  | boolean
  | readonly Tree[]
  | { readonly [key: string]: Tree | undefined }
  | Scalar
  | Composed
  | Block
  | Conditional;

/** The special nodes among trees. */
export type Node = Scalar | Composed | Block | Conditional;

/** Whether a tree is one of the special nodes. */
export function isNode(tree: Tree): tree is Node {
  return typeof tree === "object" && !Array.isArray(tree) && "node" in tree && typeof tree.node === "string";
}

/** A text with values in it: text`--grace=${grace}`. */
export function text(fixed: TemplateStringsArray, ...values: readonly (Scalar | string | number)[]): Composed {
  const parts = fixed.flatMap((part, index) => {
    const value = values[index];
    return value === undefined ? [part] : [part, typeof value === "object" ? value : String(value)];
  });
  return { node: "composed", parts: parts.filter((part) => part !== "") };
}

/** What is there only if the value is set. */
export function when(condition: Scalar | Block, tree: Tree): Conditional {
  return { node: "when", condition, tree };
}
