// `npm run bench:dashboard [-- --rounds 15 --window 800]`: what a dashboard that is open costs the bus.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startDashboard } from "../run/programs.ts";
import type { Running } from "../run/running.ts";
import { type Round, StagedVariant } from "../telemetry/staged-variant.ts";
import { openPage } from "./open-page.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, window: { type: "string", default: "800" } },
});
const [rounds, windowMs] = [Number(values.rounds), Number(values.window)];

const folder = mkdtempSync(join(tmpdir(), "exo-bench-dashboard-"));
const [closed, open] = [new StagedVariant({ title: "closed" }), new StagedVariant({ title: "open" })];
const running: Running[] = [];
let closePage = () => {};
try {
  await Promise.all([closed.start(), open.start()]);
  const dashboard = await startDashboard(open.brokerPort, folder, { onStart: (program) => running.push(program) });
  closePage = openPage(dashboard.port);
  for (const each of [closed, open, closed, open]) await each.measure(1_500);
  const results: { closed: Round; open: Round }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // They take turns, each round from the other end, so that a machine that slows down hurts both alike.
    const isFirst = round % 2 === 0;
    const [one, other] = isFirst ? [closed, open] : [open, closed];
    const [first, second] = [await one.measure(windowMs), await other.measure(windowMs)];
    results.push(isFirst ? { closed: first, open: second } : { closed: second, open: first });
  }
  print(results);
} finally {
  closePage();
  await Promise.all([closed.stop(), open.stop(), ...running.map((each) => each.stop())]);
  rmSync(folder, { recursive: true, force: true });
}

function print(results: readonly { readonly closed: Round; readonly open: Round }[]): void {
  const median = (side: "closed" | "open", what: keyof Round) =>
    quantile(
      results.map((each) => each[side][what]),
      0.5,
    );
  const ratios = (what: keyof Round) => results.map((each) => each.open[what] / each.closed[what]);
  const row = (name: string, ...cells: readonly string[]) =>
    console.log(name.padEnd(30) + cells.map((cell) => cell.padStart(16)).join(""));
  console.log(
    `\nA request and its reply through two sidecars and a broker, 200 bytes, 64 in flight, beside a broker that a dashboard watches, with map and tap open in a page.\nMedian of ${rounds} rounds of ${windowMs} ms, in turns; ratios are of rounds side by side. Node ${process.versions.node}\n`,
  );
  row("dashboard", "closed", "open", "open / closed", "quartiles");
  for (const [what, title, digits] of [
    ["perSecond", "round trips per second", 0],
    ["cpuUs", "µs of broker and sidecars", 1],
  ] as const) {
    const of = ratios(what);
    const quartiles = `${percent(quantile(of, 0.25))} … ${percent(quantile(of, 0.75))}`;
    row(
      title,
      median("closed", what).toFixed(digits),
      median("open", what).toFixed(digits),
      percent(quantile(of, 0.5)),
      quartiles,
    );
  }
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}
