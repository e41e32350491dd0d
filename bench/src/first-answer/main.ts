// How long it takes from an empty folder to the first answer: `npm run bench:first-answer [-- ROUNDS]`. Each round writes an application by
// `exo init`, runs it by `exo run`, and asks its web service until it answers; packages are there already.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const build = process.env.EXO_BENCH_BUILD;
if (build === undefined) throw new Error("Start this by 'npm run bench:first-answer', which builds first.");
const exo = [process.execPath, join(build, "sdk/cli/src/bin.js")] as const;
const rounds = Number(process.argv[2] ?? 5);

const seconds: { written: number; answered: number }[] = [];
for (let round = 0; round < rounds; round += 1) seconds.push(await fromNothing());
for (const what of ["written", "answered"] as const) {
  const sorted = seconds.map((each) => each[what]).sort((left, right) => left - right);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  console.log(
    `${what.padEnd(8)} after ${median.toFixed(2)} s (${sorted[0]?.toFixed(2)} to ${sorted.at(-1)?.toFixed(2)})`,
  );
}

async function fromNothing(): Promise<{ written: number; answered: number }> {
  const folder = mkdtempSync(join(tmpdir(), "exo-first-answer-"));
  const shop = join(folder, "shop");
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  const begun = performance.now();
  execFileSync(exo[0], [exo[1], "init", "shop"], { cwd: folder, env, stdio: "ignore" });
  const written = (performance.now() - begun) / 1000;
  const run = spawn(exo[0], [exo[1], "run"], { cwd: shop, env, stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(run, "exit");
  try {
    const url = await siteIn(run.stdout);
    const response = await fetch(`${url}/?name=Ada`);
    if ((await response.text()) !== "Hello, Ada!\n") throw new Error(`It answered ${response.status}.`);
    return { written, answered: (performance.now() - begun) / 1000 };
  } finally {
    run.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where people find the web service, as `exo run` announces it. Its output is read on: without a reader it would end. */
function siteIn(output: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    output.on("data", (chunk) => {
      text += String(chunk);
      const [, url] = /^web is at (\S+)$/m.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    });
    output.on("end", () => reject(new Error(`exo run ended before it was ready:\n${text}`)));
  });
}
