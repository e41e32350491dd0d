// `npm run bench:telemetry [-- --rounds 15 --window 600]`: what metrics and traces cost, in CPU time for each message.
import { parseArgs } from "node:util";
import { countingNs } from "./counting.ts";
import { type Round, StagedVariant } from "./staged-variant.ts";
import { startCollector, variants } from "./variants.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, window: { type: "string", default: "600" } },
});
const [rounds, windowMs] = [Number(values.rounds), Number(values.window)];

const collector = await startCollector();
const staged = variants(collector.address).map((variant) => new StagedVariant(variant));
try {
  for (const each of staged) await each.start();
  for (const each of staged) await each.measure(1_500);
  const results = staged.map((): Round[] => []);
  for (let round = 0; round < rounds; round += 1) {
    // They take turns, each round from the other end, so that a machine that slows down hurts all alike.
    const order = staged.map((_, index) => (round % 2 === 0 ? index : staged.length - 1 - index));
    for (const index of order) results[index]?.push(await (staged[index] as StagedVariant).measure(windowMs));
  }
  print(results);
  printCounting(results.flat().map(({ cpuUs }) => cpuUs));
} finally {
  await Promise.all(staged.map((each) => each.stop()));
  collector.server.close();
}

function print(results: readonly Round[][]): void {
  console.log(
    `\nA request and its reply through two sidecars and a broker, 200 bytes, 64 in flight: CPU time of these three.\nMedian of ${rounds} rounds of ${windowMs} ms; ratios are of rounds side by side, with their quartiles. Node ${process.versions.node}\n`,
  );
  console.log(row("", "µs", "of 'counted'", "quartiles", "per second"));
  const base = results[1] ?? [];
  staged.forEach(({ variant }, index) => {
    const own = results[index] ?? [];
    const ratios = own.map(({ cpuUs }, round) => cpuUs / (base[round]?.cpuUs ?? Number.NaN));
    const quartiles = `${percent(quantile(ratios, 0.25))} … ${percent(quantile(ratios, 0.75))}`;
    const cpuUs = quantile(
      own.map((round) => round.cpuUs),
      0.5,
    );
    const perSecond = quantile(
      own.map((round) => round.perSecond),
      0.5,
    );
    console.log(row(variant.title, cpuUs.toFixed(1), percent(quantile(ratios, 0.5)), quartiles, perSecond.toFixed(0)));
  });
}

/** Held against the least that a request and its reply ever took: against more, it would look smaller. */
function printCounting(cpuUs: readonly number[]): void {
  const ns = countingNs();
  const leastUs = Math.min(...cpuUs);
  console.log(
    `\nThe counting by itself: ${ns.toFixed(0)} ns for a request and its reply, ${percent(ns / 1000 / leastUs)} of the least that they ever took (${leastUs.toFixed(1)} µs).`,
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

function row(name: string, ...cells: readonly string[]): string {
  return name.padEnd(32) + cells.map((cell) => cell.padStart(20)).join("");
}
