import type { Plain } from "./resolve.ts";
import { type Block, type Composed, type Conditional, isNode, type Scalar, type Tree } from "./tree.ts";

/** Texts that YAML 1.1 and 1.2 both read as texts where they stand without quotes. */
const plain = /^[A-Za-z_/.](?:[\w/.:@-]*[\w/])?$|^--?[a-z][\w=/.,:@-]*[\w]$/;
const notText = /^(?:true|false|yes|no|on|off|null|y|n|[\d._]*e[-+]?\d*|0x.*|[\d_:.]+|\.(?:inf|nan))$/i;

/** Texts of several lines that can stand as a literal block: they begin with a letter, end with one line break at most, and hold only what can be seen. */
const literal = /^[^\s](?:[^\p{Cc}\p{Zl}\p{Zp}\uFEFF]|\n)*[^\s]\n?$/u;

/** Braces that Helm would take for the beginning of a template, which no text has in this form. */
const [braces, escapedBraces] = ["{{", "{{ `{{` }}"] as const;

/** Writes objects as YAML. */
export function writeYaml(plain: Plain): string {
  return `${blockOf(plain, 0).join("\n")}\n`;
}

/** Writes a file of a chart: values become templates of Helm, and texts that look like templates are texts. */
export function writeTemplate(tree: Tree): string {
  return writeYaml(escaped(tree) as Plain);
}

/** Braces within texts. Templates are made of nodes, not of texts. */
function escaped(tree: Tree): Tree {
  if (typeof tree === "string") return tree.replaceAll(braces, escapedBraces);
  if (typeof tree !== "object") return tree;
  if (Array.isArray(tree)) return tree.map(escaped);
  if (isNode(tree)) return tree.node === "when" ? { ...tree, tree: escaped(tree.tree) } : tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, value === undefined ? value : escaped(value)]),
  );
}

/** The lines of a map or a list, each with its indentation. */
function blockOf(tree: Tree, indent: number): string[] {
  if (Array.isArray(tree)) return (tree as readonly Tree[]).flatMap((item) => itemOf(item, indent));
  return Object.entries(tree as { readonly [key: string]: Tree | undefined }).flatMap(([key, value]) =>
    value === undefined ? [] : entryOf(key, value, indent),
  );
}

function entryOf(key: string, value: Tree, indent: number): string[] {
  const head = `${" ".repeat(indent)}${scalarText(key)}:`;
  const inline = inlineOf(value);
  if (inline !== undefined) return [`${head} ${inline}`];
  if (typeof value === "string") return [`${head} ${literalSign(value)}`, ...literalLines(value, indent + 2)];
  if (!isNode(value)) return [head, ...blockOf(value, indent + 2)];
  if (value.node === "when") return conditional(value, entryOf(key, value.tree, indent));
  return [`{{- with ${reference(value as Block)} }}`, head, toYaml(indent + 2), "{{- end }}"];
}

function itemOf(item: Tree, indent: number): string[] {
  const space = " ".repeat(indent);
  const inline = inlineOf(item);
  if (inline !== undefined) return [`${space}- ${inline}`];
  if (typeof item === "string") return [`${space}- ${literalSign(item)}`, ...literalLines(item, indent + 2)];
  if (!isNode(item)) {
    const [first = "", ...rest] = blockOf(item, indent + 2);
    // A conditional first key would tear the dash from what follows.
    if (first.startsWith("{{-")) throw new Error("the first key of an item must not be conditional");
    return [`${space}- ${first.slice(indent + 2)}`, ...rest];
  }
  if (item.node === "when") return conditional(item, itemOf(item.tree, indent));
  return [`{{- with ${reference(item as Block)} }}`, toYaml(indent), "{{- end }}"];
}

function conditional({ condition }: Conditional, lines: readonly string[]): string[] {
  return [`{{- if ${reference(condition)} }}`, ...lines, "{{- end }}"];
}

/** A value that fits on the line of its key. Undefined: it does not. */
function inlineOf(value: Tree): string | undefined {
  if (typeof value === "string") return isLiteral(value) ? undefined : scalarText(value);
  if (typeof value !== "object") return String(value);
  if (isNode(value)) {
    if (value.node === "scalar") return scalarTemplate(value);
    return value.node === "composed" ? composedTemplate(value) : undefined;
  }
  if (Array.isArray(value)) return value.length === 0 ? "[]" : undefined;
  return Object.values(value).every((each) => each === undefined) ? "{}" : undefined;
}

function scalarText(text: string): string {
  return plain.test(text) && !notText.test(text) ? text : JSON.stringify(text);
}

function isLiteral(text: string): boolean {
  return text.includes("\n") && literal.test(text);
}

function literalSign(text: string): string {
  return text.endsWith("\n") ? "|" : "|-";
}

function literalLines(text: string, indent: number): string[] {
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.map((line) => (line === "" ? "" : `${" ".repeat(indent)}${line}`));
}

function toYaml(indent: number): string {
  return `{{- toYaml . | nindent ${indent} }}`;
}

function scalarTemplate(value: Scalar): string {
  return typeof value.fallback === "string" ? `{{ ${reference(value)} | quote }}` : `{{ ${argument(value)} }}`;
}

function composedTemplate({ parts }: Composed): string {
  const values = parts.filter((part) => typeof part === "object");
  const fixed = parts.map((part) => (typeof part === "string" ? part.replaceAll("%", "%%") : "%v"));
  if (values.length === 0) return scalarText(parts.join(""));
  return `{{ printf ${JSON.stringify(fixed.join(""))} ${values.map(argument).join(" ")} | quote }}`;
}

/** Helm reads all numbers as floating-point, and writes large ones with an exponent. */
function argument(value: Scalar): string {
  return typeof value.fallback === "number" ? `(int64 ${reference(value)})` : reference(value);
}

/** How a template refers to a value. */
export function reference(value: Scalar | Block): string {
  if (value.node === "scalar" && value.builtIn !== undefined) return value.builtIn;
  const { path } = value;
  const isPlain = path.every((key) => /^[A-Za-z_]\w*$/.test(key));
  if (isPlain) return `.Values.${path.join(".")}`;
  return `(index .Values ${path.map((key) => JSON.stringify(key)).join(" ")})`;
}
