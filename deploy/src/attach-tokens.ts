import { randomBytes } from "node:crypto";
import type { Deployment } from "./deployment.ts";
import type { SecretFile } from "./target.ts";

/** Where tokens are, in the folder of a target. One folder, that only its owner may enter. */
export const secretsFolder = "secrets";

/** Files with the tokens of a deployment, by what they are for. */
export const tokenPaths = {
  /** All attach tokens, for the broker: role: token. */
  attachTokens: `${secretsFolder}/attach-tokens.json`,
  /** For the broker's admin service, which the dashboard reads. */
  admin: `${secretsFolder}/admin-token`,
  /** For the admin ports of sidecars and gateway. */
  metrics: `${secretsFolder}/metrics-token`,
  /** For whoever opens the dashboard. */
  dashboard: `${secretsFolder}/dashboard-token`,
  /** One role's attach token: `name` is the label of its service, or `gateway`. */
  attach: (name: string) => `${secretsFolder}/attach/${name}`,
} as const;

/**
 * The tokens by which processes prove to each other who they are, made at random and kept from then on. A role that is new gets one;
 * what was put into the files since, such as a second token while one is replaced, stays.
 */
export function tokenFiles(
  { services, gateway }: Deployment,
  kept: (path: string) => string | undefined,
  isForContainers: boolean,
): readonly SecretFile[] {
  const tokenAt = (path: string) => kept(path) ?? `${randomBytes(32).toString("base64url")}\n`;
  // A gateway may play the role of a service.
  const roles = new Map(services.map(({ role, name }) => [role, name]));
  const own = [...services.map(({ name }) => name), ...(gateway ? ["gateway"] : [])];
  const attach = new Map(own.map((name) => [name, tokenAt(tokenPaths.attach(name))]));
  const sharedWith = gateway && roles.get(gateway.role);
  if (sharedWith !== undefined) attach.set("gateway", attach.get(sharedWith) as string);
  const byRole = [...roles].map(([role, name]) => [role, linesOf(attach.get(name))] as const);
  if (gateway && sharedWith === undefined) byRole.push([gateway.role, linesOf(attach.get("gateway"))]);
  const texts = new Map([
    ...[...attach].map(([name, text]) => [tokenPaths.attach(name), text] as const),
    [tokenPaths.attachTokens, attachTokensText(byRole, kept(tokenPaths.attachTokens))],
    ...[tokenPaths.admin, tokenPaths.metrics, tokenPaths.dashboard].map((path) => [path, tokenAt(path)] as const),
  ]);
  return [...texts].map(([path, text]) => ({ path, text, isForContainers }));
}

/** Roles that have tokens keep them, as somebody may be replacing one; roles that are gone lose theirs. */
function attachTokensText(byRole: readonly (readonly [string, readonly string[]])[], kept: string | undefined): string {
  const earlier = (kept === undefined ? {} : JSON.parse(kept)) as Readonly<Record<string, unknown>>;
  const tokens = byRole.map(([role, lines]) => [
    role,
    Object.hasOwn(earlier, role) ? earlier[role] : lines.length === 1 ? lines[0] : lines,
  ]);
  return `${JSON.stringify(Object.fromEntries(tokens), null, 2)}\n`;
}

function linesOf(text = ""): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
