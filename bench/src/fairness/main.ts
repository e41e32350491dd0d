// Whether others get through while one client misbehaves: `npm run bench:fairness -- [milliseconds for each measurement]`.
import { textTable } from "../report/text-table.ts";
import { FairStage } from "./fair-stage.ts";
import { type Measured, Others } from "./others.ts";
import { ways } from "./ways.ts";

/** How long each measurement takes, in milliseconds, unless told otherwise: 500 requests at least. */
const windowMs = Number(process.argv[2] ?? 5_000);
/** How long a client misbehaves before the others are measured, in milliseconds: what it fills is full, and its burst is over, by then. */
const beforehandMs = 4_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const milliseconds = (ms: number) => (Number.isNaN(ms) ? "none" : `${ms.toFixed(1)} ms`);
const through = ({ done, failed }: Measured) => `${done} of ${done + failed}`;

const stage = await FairStage.start();
const others = await Others.connect(stage);
const lines: string[][] = [];
try {
  await others.measure(windowMs);
  for (const [name, way] of Object.entries(ways)) {
    const without = await others.measure(windowMs);
    const end = stage.misbehave(name);
    await pause(beforehandMs);
    const during = await others.measure(windowMs);
    await end();
    const ratio = during.p99Ms / without.p99Ms;
    lines.push([
      way.what,
      milliseconds(without.p99Ms),
      milliseconds(during.p99Ms),
      Number.isNaN(ratio) ? "none" : `${ratio.toFixed(1)} x`,
      through(during),
    ]);
    process.stderr.write(`${lines.at(-1)?.join("  ")}\n`);
  }
} finally {
  others.close();
  await stage.stop();
}
const title = "requests and pushes of 20 clients while another one …";
process.stdout.write(`${textTable([{ title, heads: ["p99 without", "p99 with", "ratio", "got through"], lines }])}\n`);
