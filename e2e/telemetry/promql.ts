import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** What a query takes: a metric, and how. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
  /** Labels that whatever is around it groups or joins it by. */
  readonly groupedBy: readonly string[];
  /** Functions around it, innermost first. */
  readonly functions: readonly string[];
}

/** A query, read by the grammar of Prometheus' own editor. */
export interface Query {
  /** Where it breaks the grammar, as text. */
  readonly mistakes: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels of its result, where it is an aggregation `by` some. */
  readonly labels: readonly string[];
}

/** Reads a query of PromQL. */
export function readQuery(text: string): Query {
  const textOf = ({ from, to }: SyntaxNode) => text.slice(from, to);
  const mistakes: string[] = [];
  const selectors: Selector[] = [];
  let labels: string[] | undefined;
  parser.parse(text).iterate({
    enter({ type, node }) {
      if (type.isError) mistakes.push(`at ${node.from}: ${text.slice(node.from, node.from + 20)}`);
      if (type.name === "AggregateExpr") labels ??= groupingOf(node).map(textOf);
      if (type.name === "VectorSelector") selectors.push(selectorOf(node, textOf));
    },
  });
  return { mistakes, selectors, labels: labels ?? [] };
}

function selectorOf(node: SyntaxNode, textOf: (node: SyntaxNode) => string): Selector {
  const groupedBy: string[] = [];
  const functions: string[] = [];
  for (let around = node.parent; around; around = around.parent) {
    groupedBy.push(...groupingOf(around).map(textOf));
    const [name] = around.name === "FunctionCall" ? around.getChildren("FunctionIdentifier") : [];
    if (name) functions.push(textOf(name));
  }
  const matchers = (node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? []).map((matcher) => {
    const [label, operator, value] = ["LabelName", "MatchOp", "StringLiteral"].map((name) => matcher.getChild(name));
    return {
      label: label ? textOf(label) : "",
      operator: operator ? textOf(operator) : "",
      value: value ? textOf(value).slice(1, -1) : "",
    };
  });
  const metric = node.getChild("Identifier");
  return { metric: metric ? textOf(metric) : "", matchers, groupedBy, functions };
}

/** The labels of `by (…)`, `on (…)` or `ignoring (…)` that stand at this node itself. */
function groupingOf(node: SyntaxNode): SyntaxNode[] {
  const clauses = [...node.getChildren("AggregateModifier"), ...node.getChildren("MatchingModifierClause")];
  return clauses.flatMap((clause) => clause.getChild("GroupingLabels")?.getChildren("LabelName") ?? []);
}
