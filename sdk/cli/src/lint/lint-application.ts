import { type Application, ApplicationError, readApplication } from "@exosphere/application";
import { type Finding, findingLine, placeOf, type Rule } from "./finding.ts";
import { lostReplies, strayMessages } from "./message-rules.ts";
import { incompleteServices, unusedRights, uselessTranslations, wrongSchemas } from "./service-rules.ts";

/** Finds what deserves a look in an application that can be read: the reader's warnings and whatever the rules find. */
export async function lintApplication(application: Application): Promise<readonly Finding[]> {
  const findings = [
    ...application.warnings.map((line) => ofReader(line, "warning")),
    ...strayMessages(application),
    ...lostReplies(application),
    ...uselessTranslations(application),
    ...unusedRights(application),
    ...incompleteServices(application),
    ...(await wrongSchemas(application)),
  ];
  return inOrder(findings);
}

/** Of no interest while an application runs: `exo run` itself says what it does not start. */
const notOfRuns: ReadonlySet<Rule> = new Set(["no-startup", "no-tests"]);

/** What `exo run` warns of, one line each. */
export async function runWarnings(application: Application): Promise<readonly string[]> {
  const findings = await lintApplication(application);
  return findings
    .filter(({ rule }) => !notOfRuns.has(rule))
    .map((finding) => `${placeOf(finding)}: ${finding.text} [${finding.rule}]`);
}

/** Finds what is wrong with the application in a folder, or deserves a look. One that cannot be read has the reader's mistakes. */
export async function lintFolder(folder: string): Promise<readonly Finding[]> {
  try {
    return await lintApplication(readApplication(folder));
  } catch (error) {
    if (error instanceof ApplicationError) return error.mistakes.map((line) => ofReader(line, "error"));
    throw error;
  }
}

/** A line of the reader, `file:line:column: text`, or `file: text`. */
function ofReader(line: string, severity: Finding["severity"]): Finding {
  const [, file = "", at, column, text = line] = /^(.*?\.ya?ml)(?::(\d+):(\d+))?: (.*)$/s.exec(line) ?? [];
  const place = at === undefined ? {} : { line: Number(at), column: Number(column) };
  return { rule: severity === "error" ? "invalid-file" : ruleOfWarning(text), severity, file, ...place, text };
}

/** What the reader warns of is of three kinds. */
function ruleOfWarning(text: string): Rule {
  if (text.startsWith("keys of earlier versions")) return "earlier-keys";
  return text.includes("clients can do nothing") ? "unused-right" : "useless-translation";
}

/** By file and place. Two roles may share a folder, so what was found twice is said once. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const byLine = new Map(findings.map((finding) => [findingLine(finding), finding]));
  return [...byLine.values()].sort(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
