import { tokenPaths } from "../attach-tokens.ts";
import { secretFilesOf as allSecretFiles, type DeployedProcess, type Deployment } from "../deployment.ts";
import { nameOf, pathOf } from "../own-secrets.ts";

const inContainer = "/run/secrets";

/** The secrets that compose.yaml declares: a name, and the file it is in. */
export function declaredSecrets({
  services,
  gateway,
  ...rest
}: Deployment): Readonly<Record<string, { file: string }>> {
  const attach = [...services.map(({ name }) => name), ...(gateway ? ["gateway"] : [])];
  const fileSecrets = allSecretFiles({ services, gateway, ...rest }).map((each) => [nameOf(each), pathOf(each)]);
  const entries = [
    ["attach-tokens", tokenPaths.attachTokens],
    ["admin-token", tokenPaths.admin],
    ["metrics-token", tokenPaths.metrics],
    ["dashboard-token", tokenPaths.dashboard],
    ...attach.map((name) => [attachSecret(name), tokenPaths.attach(name)]),
    ...fileSecrets,
  ];
  return Object.fromEntries(entries.map(([name, file]) => [name, { file: `./${file}` }]));
}

/** The name of the secret with the attach token of a service. */
export function attachSecret(name: string): string {
  return `attach-${name}`;
}

/** A secret, mounted under a name that does not depend on whose it is. */
export function mounted(source: string, target: string = source) {
  return { source, target };
}

/** Where a mounted secret is. */
export function secretPath(target: string): string {
  return `${inContainer}/${target}`;
}

/** What a process needs for its secrets: the mounts, and the variables that name them. */
export function secretFilesOf({ secretFiles }: DeployedProcess) {
  return {
    mounts: secretFiles.map((each) => mounted(nameOf(each))),
    environment: Object.fromEntries(secretFiles.map((each) => [each.variable, secretPath(nameOf(each))])),
  };
}
