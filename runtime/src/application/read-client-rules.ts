import type { GatewaySection } from "./application.ts";
import { KeyedMap } from "./keyed-map.ts";
import { readClients } from "./read-clients.ts";
import { checkRole } from "./read-routes.ts";
import { SourceFiles } from "./source-files.ts";
import { YamlValue } from "./yaml-value.ts";

/**
 * Reads a file with what `gateway` of application.yml says of clients, for a gateway that is run without the application's
 * files: `role`, if it says so, and `clients`. YAML or JSON.
 *
 * @throws ApplicationError with every mistake
 */
export function readClientRules(file: string): Omit<GatewaySection, "role"> & { readonly role: string | undefined } {
  const files = new SourceFiles();
  const source = files.open(file);
  const map = source && KeyedMap.of(YamlValue.root(source));
  const role = map?.get("role");
  if (role) checkRole(role.text() ?? "", role);
  const rules = {
    role: role?.text(),
    clients: readClients(map?.need("clients", "say which clients may do what"), undefined),
  };
  map?.close();
  files.mistakes.throwIfAny(files.paths);
  return rules;
}
