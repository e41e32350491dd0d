import type { Bootstrap } from "./api/envoy/config/bootstrap/v3/bootstrap.ts";

/** What Envoy would refuse, or take and never serve, of a configuration with a fixed set of clusters: a line each. */
export function bootstrapMistakes(bootstrap: Bootstrap): string[] {
  const resources = bootstrap.static_resources;
  const clusters = new Set(resources?.clusters?.map(({ name }) => name));
  const wanted = [...texts(resources?.listeners, "cluster")];
  return [
    ...wanted
      .filter((name) => !clusters.has(name))
      .map((name) => `no cluster is named '${name}', which requests are sent to`),
    ...[...clusters]
      .filter((name) => !wanted.includes(name ?? ""))
      .map((name) => `nothing is sent to the cluster '${name}'`),
    ...[...lists(resources?.listeners, "http_filters")].flatMap((filters) => {
      const names = filters.map((filter) => (filter as { name?: string }).name);
      const isLast = names.indexOf("envoy.filters.http.router") === names.length - 1;
      return isLast ? [] : [`the router is not the last of the filters ${names.join(", ")}`];
    }),
  ];
}

function* texts(value: unknown, key: string): Generator<string> {
  for (const found of members(value, key)) if (typeof found === "string") yield found;
}

function* lists(value: unknown, key: string): Generator<readonly unknown[]> {
  for (const found of members(value, key)) if (Array.isArray(found)) yield found;
}

/** Every member of this name, at any depth. */
function* members(value: unknown, key: string): Generator<unknown> {
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === key) yield member;
    yield* members(member, key);
  }
}
