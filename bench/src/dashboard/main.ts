// `npm run bench:dashboard [-- --rounds 15 --window 800]`: what a dashboard that is open costs the bus.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startDashboard } from "../run/programs.ts";
import { usageOf } from "../run/resources.ts";
import type { Running } from "../run/running.ts";
import { type Round, StagedVariant } from "../telemetry/staged-variant.ts";
import { openPage } from "./open-page.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, window: { type: "string", default: "800" } },
});
const [rounds, windowMs] = [Number(values.rounds), Number(values.window)];

/** How long what a process does when it starts or ends is waited for, in milliseconds. */
const settleMs = 700;

// One bus for both: two of the same kind differ by more than what is measured, for as long as they run.
const bus = new StagedVariant({ title: "dashboard" });
/** The share of a core that the dashboard took, round by round. */
const cores: number[] = [];
const results: { closed: Round; open: Round }[] = [];
try {
  await bus.start();
  await bus.measure(3_000);
  let closed = await bus.measure(windowMs);
  for (let round = 0; round < rounds; round += 1) {
    const open = await whileOpen(() => bus.measure(windowMs));
    const after = await bus.measure(windowMs);
    // Closed before and after: a machine that slows down meanwhile hurts both alike.
    results.push({
      open,
      closed: { cpuUs: mean(closed.cpuUs, after.cpuUs), perSecond: mean(closed.perSecond, after.perSecond) },
    });
    closed = after;
  }
  print(results);
} finally {
  await bus.stop();
}

/** Runs something while a dashboard watches the bus and a page with map and tap reads it. */
async function whileOpen(run: () => Promise<Round>): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), "exo-bench-dashboard-"));
  const running: Running[] = [];
  let closePage = () => {};
  try {
    const dashboard = await startDashboard(bus.brokerPort, folder, { onStart: (program) => running.push(program) });
    closePage = openPage(dashboard.port);
    // As it is when it has been open for a while: it has found out how much it can take.
    await bus.measure(settleMs * 3);
    const usedUs = () => usageOf(dashboard.program.child.pid as number).cpuUs;
    const [beforeUs, startMs] = [usedUs(), performance.now()];
    const round = await run();
    cores.push((usedUs() - beforeUs) / 1000 / (performance.now() - startMs));
    return round;
  } finally {
    closePage();
    for (const each of running) await each.stop();
    rmSync(folder, { recursive: true, force: true });
    await pause(settleMs);
  }
}

function mean(one: number, other: number): number {
  return (one + other) / 2;
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
    `\nA request and its reply through two sidecars and a broker, 200 bytes, 64 in flight, while a dashboard watches the broker, with map and tap open in a page, and while none does.\nMedian of ${rounds} rounds of ${windowMs} ms, in turns; ratios are of rounds side by side. Node ${process.versions.node}\n`,
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
  console.log(`\nThe dashboard itself took ${percent(quantile(cores, 0.5))} of a core.`);
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}
