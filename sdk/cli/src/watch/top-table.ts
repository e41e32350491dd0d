import type { BusView, RoleView } from "@exosphere/analytics";
import { printable } from "@exosphere/telemetry";
import { type Colours, ms, rate, table } from "./text.ts";

/** The bus as lines for people. `role`: one role and its messages alone. */
export function topTable(bus: BusView, { bold, dim, red, yellow }: Colours, role?: string): string[] {
  const roles = bus.roles.filter((each) => role === undefined || each.role === role);
  const edges = bus.edges
    .filter(({ from, to }) => role === undefined || from === role || to === role)
    .toSorted((a, b) => b.rate - a.rate || (a.name < b.name ? -1 : 1));
  const roleRows = [
    ["role", "instances", "in/s", "out/s", "failed/s", "in flight", "waiting", "oldest"],
    ...roles.map((each) => [
      printable(each.role),
      instancesOf(each),
      rate(each.receivedRate),
      rate(each.sentRate),
      rate(each.errorRate),
      String(each.inFlight),
      String(each.waiting),
      each.waiting > 0 ? ms(each.oldestMs) : "-",
    ]),
  ];
  const edgeRows = [
    ["message", "from", "to", "per s", "p50", "p99", "failed", "again/s"],
    ...edges.map((edge) => [
      printable(edge.name),
      printable(edge.from),
      printable(edge.to),
      rate(edge.rate),
      ms(edge.p50),
      ms(edge.p99),
      `${(edge.errorShare * 100).toFixed(edge.errorShare > 0 && edge.errorShare < 0.1 ? 1 : 0)} %`,
      rate(edge.retryRate),
    ]),
  ];
  const marked = (line: string, isBad: boolean, isSlow: boolean) => (isBad ? red(line) : isSlow ? yellow(line) : line);
  const [roleHead = "", ...roleLines] = table(roleRows);
  const [edgeHead = "", ...edgeLines] = table(edgeRows, 3);
  return [
    `${bold(rate(bus.published))} published/s  ${bold(rate(bus.done))} done/s  ${bold(rate(bus.failed))} failed/s  ${bold(rate(bus.retried))} tried again/s`,
    "",
    dim(roleHead),
    ...roleLines.map((line, at) => marked(line, (roles[at]?.errorRate ?? 0) > 0 || (roles[at]?.oldestMs ?? 0) >= 10_000, (roles[at]?.oldestMs ?? 0) >= 1_000)), // biome-ignore format: one line
    "",
    dim(edgeHead),
    ...edgeLines.map((line, at) => marked(line, (edges[at]?.errorRate ?? 0) > 0, (edges[at]?.retryRate ?? 0) > 0)),
  ];
}

/** How many instances a role has, and how many of them take no work. */
function instancesOf(role: RoleView): string {
  const away = role.instances.filter(({ takesNoWork }) => takesNoWork).length;
  return away > 0
    ? `${role.instances.length} (${away} ${away === 1 ? "takes" : "take"} no work)`
    : String(role.instances.length);
}

/** What to say where the routes do not name this role; undefined where they do. */
export function missingRole(
  { roles }: { readonly roles: readonly { readonly role: string }[] },
  role: string,
): string | undefined {
  if (roles.some((each) => each.role === role)) return undefined;
  const named = roles.map((each) => printable(each.role)).join(", ");
  return `The routes name no role '${printable(role)}'. ${named ? `There are: ${named}.` : "They name none at all."}`;
}
