import { runMain } from "@exosphere/process";
import { startAnalytics, version } from "./app.ts";
import { analyticsSettings } from "./config.ts";

/** The `exo-analytics` command. Resolves when it runs, or has ended the process; never rejects. */
export function main(argv: readonly string[]): Promise<void> {
  return runMain({
    argv,
    command: "exo-analytics",
    about: "The dashboard of Exosphere: watches a broker and shows its roles, messages, activities and latencies.",
    version,
    settings: analyticsSettings,
    start: startAnalytics,
  });
}
