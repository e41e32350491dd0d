/** What one metric of a process is, from its `/metrics`. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  /** Every label that a sample of it has. */
  readonly labels: ReadonlySet<string>;
  /** Values of each label. */
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The same, as long as it is read. */
interface Gathered extends MetricFamily {
  readonly labels: Set<string>;
  readonly values: Map<string, Set<string>>;
}

const labelPattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** The metrics of a process, by name, read from the text format of Prometheus. */
export function familiesOf(text: string): Map<string, MetricFamily> {
  const families = new Map<string, Gathered>();
  const helps = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, kind, name = "", rest = ""] = line.match(/^# (HELP|TYPE) (\S+) (.*)$/) ?? [];
    if (kind === "HELP") helps.set(name, rest);
    else if (kind === "TYPE")
      families.set(name, { name, help: helps.get(name) ?? "", type: rest, labels: new Set(), values: new Map() });
    else if (line !== "") {
      const sample = line.match(/^[^{ ]+/)?.[0] ?? "";
      const family = families.get(sample) ?? families.get(sample.replace(/_(?:bucket|sum|count)$/, ""));
      if (!family) throw new Error(`No TYPE comes before ${line}`);
      for (const [, label = "", value = ""] of line.matchAll(labelPattern)) {
        family.labels.add(label);
        const values = family.values.get(label) ?? new Set();
        family.values.set(label, values.add(value));
      }
    }
  }
  return families;
}

/** The metrics at an address. */
export async function scrape(admin: string): Promise<{ readonly text: string; families: Map<string, MetricFamily> }> {
  const text = await (await fetch(`${admin}/metrics`)).text();
  return { text, families: familiesOf(text) };
}
