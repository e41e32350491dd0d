import { join } from "node:path";
import type { Route } from "./application.ts";
import { routeOf } from "./read-routes.ts";
import { readService } from "./read-service.ts";
import { isFolder, SourceFiles } from "./source-files.ts";
import { YamlValue } from "./yaml-value.ts";

/**
 * Reads what a role may send and receive from a service.yml alone, or from the one in a folder: for a service by itself,
 * where no application.yml says by which translations its names are known to others.
 *
 * @throws ApplicationError with every mistake, each naming file, line and key
 */
export function readServiceRoute(role: string, path: string): Route {
  const files = new SourceFiles();
  const source = files.open(isFolder(path) ? join(path, "service.yml") : path);
  const route = source && routeOf(role, readService(source).messages, undefined, YamlValue.root(source));
  files.mistakes.throwIfAny(files.paths);
  return route ?? { sends: [], receives: [], translations: [] };
}
