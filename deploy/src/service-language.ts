import { readdirSync } from "node:fs";
import type { ServiceLanguage } from "@exosphere/application";

/** What a startup command begins with, however it is wrapped, and the language that says so. */
const commands: readonly (readonly [RegExp, ServiceLanguage])[] = [
  [/\bnode\b.*\.[cm]?ts\b|\b(?:tsx|ts-node)\b/, "ts"],
  [/\b(?:node|npm|npx)\b/, "js"],
  [/\b(?:python3?|uvicorn|gunicorn|flask)\b|\.py\b/, "python"],
  [/\bgo (?:build|run)\b/, "go"],
  [/\b(?:java|javac|mvn|gradle)\b/, "java"],
  [/\b(?:cargo|rustc)\b/, "rust"],
  [/\b(?:bash|sh)\b|\.sh\b/, "bash"],
];

/** Files that only services of one language have. */
const files: readonly (readonly [RegExp, ServiceLanguage])[] = [
  [/^go\.mod$|\.go$/, "go"],
  [/^Cargo\.toml$|\.rs$/, "rust"],
  [/^(?:pom\.xml|build\.gradle(?:\.kts)?)$|\.java$/, "java"],
  [/^(?:requirements\.txt|pyproject\.toml)$|\.py$/, "python"],
  [/(?<!\.d)\.[cm]?ts$/, "ts"],
  [/^package\.json$|\.[cm]?js$/, "js"],
  [/\.sh$/, "bash"],
];

/**
 * The language of the service in a folder: what its startup command names, else what its files are in. Undefined: neither says so, or
 * the files are in several languages.
 */
export function serviceLanguage(folder: string, command: string | undefined): ServiceLanguage | undefined {
  const named = commands.find(([pattern]) => command !== undefined && pattern.test(command));
  if (named !== undefined) return named[1];
  const found = new Set(readdirSync(folder).flatMap((file) => languageOfFile(file) ?? []));
  // A service in TypeScript may well have a configuration in JavaScript beside it.
  if (found.has("ts")) found.delete("js");
  const [only, ...others] = found;
  return others.length === 0 ? only : undefined;
}

function languageOfFile(file: string): ServiceLanguage | undefined {
  return files.find(([pattern]) => pattern.test(file))?.[1];
}
