import type { GatewaySection } from "./application.ts";
import { KeyedMap } from "./keyed-map.ts";
import { readClients } from "./read-clients.ts";
import { gatewayKeys } from "./read-gateway.ts";
import { checkRole } from "./read-routes.ts";
import { SourceFiles } from "./source-files.ts";
import { YamlValue } from "./yaml-value.ts";

/**
 * Reads a file with the section `gateway` of application.yml, for a gateway that is run without the application's files: `role`,
 * if it says so, and `clients`. What the role sends and receives may be in it, but is the broker's to know. YAML or JSON.
 *
 * @throws ApplicationError with every mistake
 */
export function readClientRules(file: string): Omit<GatewaySection, "role"> & { readonly role: string | undefined } {
  const files = new SourceFiles();
  const source = files.open(file);
  const map = source && KeyedMap.of(YamlValue.root(source), gatewayKeys);
  const role = map?.get("role");
  if (role) checkRole(role.text() ?? "", role);
  const rules = {
    role: role?.text(),
    clients: readClients(map?.need("clients", "say which clients may do what"), undefined),
  };
  files.mistakes.throwIfAny(files.paths);
  return rules;
}
