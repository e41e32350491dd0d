import { spawnSync } from "node:child_process";

/** How to get `promtool`: for those who read that a test was skipped. */
export const promtoolNeeded = "needs promtool (apt-get install prometheus)";

/** Whether Prometheus' own tool is installed. */
export const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;

/** Runs `promtool` and gives its exit code and everything that it said. */
export function promtool(args: readonly string[], input = ""): { readonly code: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, { input, encoding: "utf8" });
  return { code: status, text: `${stdout}${stderr}` };
}
