import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** A query that is shipped, and where it stands. */
export interface DeployedQuery {
  readonly place: string;
  readonly expr: string;
  /** The metric that its result becomes. */
  readonly record?: string;
  /** Labels that the legend beside it shows. */
  readonly shows: readonly string[];
}

const deploy = new URL("../../deploy/", import.meta.url);

/** A file of `deploy/`. */
export function deployed(path: string): string {
  return fileURLToPath(new URL(path, deploy));
}

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Every rule for Prometheus. */
export function rules(): Rule[] {
  const { groups } = parse(readFileSync(deployed("prometheus/rules.yml"), "utf8")) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
}

/** The queries of the rules. What their texts show counts as well. */
export function ruleQueries(): DeployedQuery[] {
  return rules().map(({ record, alert, expr, annotations = {} }) => ({
    place: record ?? `alert ${alert}`,
    expr,
    ...(record && { record }),
    shows: Object.values(annotations).flatMap((text) =>
      [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label),
    ),
  }));
}

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: string | { query: string } }[];
  };
}

/** The queries of the dashboard's panels and variables, as Grafana asks them. */
export function dashboardQueries(): DeployedQuery[] {
  const { panels, templating } = JSON.parse(readFileSync(deployed("grafana/exosphere.json"), "utf8")) as Dashboard;
  const ofPanels = panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({
      place: `panel '${title}'`,
      expr: expr.replaceAll("$__rate_interval", "1m"),
      shows: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label),
    })),
  );
  const ofVariables = templating.list.flatMap(({ name, query }) => {
    const text = typeof query === "string" ? "" : query.query;
    const [, expr, label] = text.match(/^label_values\((.+), (\w+)\)$/) ?? [];
    return expr && label ? [{ place: `variable ${name}`, expr, shows: [label] }] : [];
  });
  return [...ofPanels, ...ofVariables];
}
