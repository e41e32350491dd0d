/** Every rule of `exo lint`, and what it finds. */
export const rules = {
  "invalid-file": "application.yml or a service.yml that cannot be used",
  "earlier-keys": "keys of earlier versions, which mean nothing any more",
  "invalid-schema": "a schema of a payload that is not a JSON Schema",
  "unused-schema": "a schema of a payload for a message that its service neither sends nor receives",
  "sent-not-received": "a message that a role sends, and no role receives",
  "received-not-sent": "a message that a role receives, and no role sends",
  "reply-not-received":
    "a reply by its name, such as users.created to users.create, that the role does not receive which sends the request",
  "useless-translation": "a translation that changes nothing",
  "unused-right": "a message of the gateway's role that no client may send, or get",
  "no-startup": "a service without a startup command",
  "no-tests": "a service without tests",
} as const;

/** The name of a rule. */
export type Rule = keyof typeof rules;

/** Something in the files of an application that deserves a look. */
export interface Finding {
  readonly rule: Rule;
  /** `error`: it cannot work. `warning`: it works, though hardly as it was meant. */
  readonly severity: "error" | "warning";
  /** Absolute path. */
  readonly file: string;
  /** From 1; absent where it concerns the whole file. */
  readonly line?: number;
  readonly column?: number;
  /** What is wrong and, after a semicolon, what to do. */
  readonly text: string;
}

/** Where a finding is: `file:line:column`, or the file alone. */
export function placeOf({ file, line, column }: Finding, shownFile = file): string {
  return line === undefined ? shownFile : `${shownFile}:${line}:${column}`;
}

/** A finding as one line: `file:line:column: warning: text [rule]`. */
export function findingLine(finding: Finding, shownFile = finding.file): string {
  const { severity, text, rule } = finding;
  return `${placeOf(finding, shownFile)}: ${severity}: ${text} [${rule}]`;
}
