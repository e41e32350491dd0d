import { tryNpm } from "./npm.ts";
import type { Trial } from "./trial.ts";

/** What `npm audit --json` prints. */
interface Audit {
  readonly message?: string;
  readonly metadata?: { readonly vulnerabilities?: Readonly<Record<string, number>> };
}

/** What the registry knows against what an installation has. */
export type AuditResult =
  | { readonly kind: "skipped"; readonly why: string }
  | { readonly kind: "done"; readonly problems: readonly string[] };

/** Asks npm's registry about vulnerabilities in an installation of all packages. Skipped where the registry does not answer. */
export async function auditTrial({ project, node }: Trial): Promise<AuditResult> {
  const { stdout } = await tryNpm(["audit", "--omit=dev", "--json"], { cwd: project, node });
  return readAudit(stdout);
}

/** Reads what `npm audit --json` has printed. */
export function readAudit(printed: string): AuditResult {
  const audit = parsed(printed);
  const counts = audit?.metadata?.vulnerabilities;
  if (!counts) return { kind: "skipped", why: `the registry does not answer (${audit?.message ?? "no answer"})` };
  const problems = Object.entries(counts)
    .filter(([severity, count]) => severity !== "total" && count > 0)
    .map(
      ([severity, count]) => `npm audit: ${count} of severity ${severity}: 'npm audit' in an installation lists them`,
    );
  return { kind: "done", problems };
}

function parsed(text: string): Audit | undefined {
  try {
    return JSON.parse(text) as Audit;
  } catch {
    return undefined;
  }
}
