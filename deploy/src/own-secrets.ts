import type { SecretVariable } from "@exosphere/application";
import { secretsFolder } from "./attach-tokens.ts";
import type { DeployedProcess } from "./deployment.ts";

/** The file in which somebody who deploys writes the secret variables of a process; undefined: it has none. */
export function environmentFile(name: string, { secrets }: DeployedProcess): string | undefined {
  return secrets.length === 0 ? undefined : `${secretsFolder}/env/${name}.env`;
}

/** Its text: what is there already, and a line for each variable that is not. */
export function environmentText({ secrets }: DeployedProcess, kept = ""): string {
  const missing = secrets.filter(({ variable }) => !new RegExp(`^${variable}=`, "m").test(kept));
  return kept + missing.map(({ variable, secret, key }) => `# ${secret}/${key}\n${variable}=\n`).join("");
}

/** Where somebody who deploys puts the content of a secret. */
export function pathOf({ secret, key }: SecretVariable): string {
  return `${secretsFolder}/${secret}/${key}`;
}

/** A secret as a file name: `database.url`. */
export function nameOf({ secret, key }: SecretVariable): string {
  return `${secret}.${key}`;
}
