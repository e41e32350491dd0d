import type { ExampleRequest } from "./example-request.ts";
import type { SharedAddresses } from "./process-plan.ts";
import type { RoleAddresses } from "./run-record.ts";

/** What is printed once everything is up: the line that others wait for, where to look, and what to try. */
export function announcement(
  addresses: readonly RoleAddresses[],
  example: ExampleRequest | undefined,
  shared: Partial<Pick<SharedAddresses, "gateway" | "dashboard">> = {},
): string[] {
  const sites = addresses.flatMap(({ role, publicUrl }) => (publicUrl ? [`${role} is at ${publicUrl}`] : []));
  const gateway = shared.gateway ? [`the gateway is at ${shared.gateway.url}`] : [];
  const dashboard = shared.dashboard ? [`the dashboard is at ${shared.dashboard.url}`] : [];
  return ["application ready", ...sites, ...gateway, ...dashboard, ...(example ? ["try:", `  ${curl(example)}`] : [])];
}

function curl({ url, payload }: ExampleRequest): string {
  return `curl -d ${shellQuoted(JSON.stringify(payload))} ${shellQuoted(url)}`;
}

/** POSIX shell: nothing is special between single quotes but the quote itself. What needs none stays readable. */
function shellQuoted(text: string): string {
  return /^[\w:/.%-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
