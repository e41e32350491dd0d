// Whether others get through while one client misbehaves: `npm run bench:fairness -- [milliseconds of a window] [way] [way] …`.
import { latenciesOf } from "../ends/latencies.ts";
import { textTable } from "../report/text-table.ts";
import { FairStage } from "./fair-stage.ts";
import { type Measured, Others } from "./others.ts";
import { ways } from "./ways.ts";

const [, , window, ...only] = process.argv;
/** How long each window takes, in milliseconds, unless told otherwise: 300 requests and pushes. */
const windowMs = Number(window ?? 3_000);
/** Windows without and with a client that misbehaves, in turns: a machine that is busy with other things hurts both alike. */
const rounds = 3;
/** How long a client misbehaves before the others are measured, in milliseconds: its burst is over by then. */
const beforehandMs = 3_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const percent = (windows: readonly { readonly busy: number }[]) =>
  `${Math.round((windows.reduce((sum, { busy }) => sum + busy, 0) / windows.length) * 100)} %`;
const milliseconds = (ms: number) => (Number.isNaN(ms) ? "none" : `${ms.toFixed(1)} ms`);

/**
 * The median of the windows' quantiles: one window in which the machine was busy with something else does not decide. NaN where
 * nothing got through.
 */
function p99Of(windows: readonly Measured[]): number {
  const each = windows.map(({ latencies }) => latenciesOf(latencies).p99Ms);
  return latenciesOf(each).p50Ms;
}

/** A window, and how much of a processor the gateway took in it. */
async function measured(): Promise<Measured & { readonly busy: number }> {
  const [startMs, startSeconds] = [performance.now(), stage.gatewaySeconds];
  const window = await others.measure(windowMs);
  const busy = (stage.gatewaySeconds - startSeconds) / ((performance.now() - startMs) / 1000);
  return { ...window, busy };
}

const stage = await FairStage.start();
const others = await Others.connect(stage);
const lines: string[][] = [];
try {
  await others.measure(windowMs);
  for (const [name, way] of Object.entries(ways)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const without: Awaited<ReturnType<typeof measured>>[] = [];
    const during: typeof without = [];
    for (let round = 0; round < rounds; round += 1) {
      without.push(await measured());
      const end = stage.misbehave(name);
      await pause(beforehandMs);
      during.push(await measured());
      await end();
      // What it has left behind is dealt with.
      await pause(500);
    }
    const [before, meanwhile] = [p99Of(without), p99Of(during)];
    const done = during.reduce((sum, { latencies }) => sum + latencies.length, 0);
    const failed = during.reduce((sum, each) => sum + each.failed, 0);
    const ratio = meanwhile / before;
    lines.push([
      way.what,
      milliseconds(before),
      milliseconds(meanwhile),
      Number.isNaN(ratio) ? "none" : `${ratio.toFixed(1)} x`,
      `${percent(without)} → ${percent(during)}`,
      `${done} of ${done + failed}`,
    ]);
    process.stderr.write(`${lines.at(-1)?.join("  ")}\n`);
  }
} finally {
  others.close();
  await stage.stop();
}
const title = "requests and pushes of 20 clients while another one …";
process.stdout.write(
  `${textTable([{ title, heads: ["p99 without", "p99 with", "ratio", "gateway busy", "got through"], lines }])}\n`,
);
