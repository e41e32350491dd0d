import { frameTargets } from "./frame-targets.ts";
import type { FuzzMesh } from "./fuzz-mesh.ts";
import { jsonTargets } from "./json-targets.ts";
import { Random } from "./random.ts";
import type { Target } from "./target.ts";

/** How long and with what is fuzzed. */
export interface FuzzOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly mesh: FuzzMesh;
  /** Names of the targets, or parts of them. Default: all. */
  readonly only?: string | undefined;
}

/** What fuzzing has found. */
export interface FuzzReport {
  /** Inputs by target. */
  readonly inputs: ReadonlyMap<string, number>;
  /** What went wrong, for people, with the inputs before it in hex. */
  readonly found: readonly string[];
}

/** Inputs at once: enough that the servers are busy while single inputs wait for silence. */
const lanes = 8;
/** Inputs before memory is looked at for the first time: compiled code and buffers have their size by then. */
const warmUpInputs = 400;
/** Inputs that are shown with what went wrong: one of them, or all together, did it. */
const shownInputs = 16;

/** Fuzzes until the time is over, or something went wrong. The same seed makes the same inputs, though not in the same order. */
export async function fuzz({ seconds, seed, mesh, only = "" }: FuzzOptions): Promise<FuzzReport> {
  const endsMs = performance.now() + seconds * 1000;
  const chosen = [...frameTargets, ...jsonTargets].filter(({ name }) => name.includes(only));
  const inputs = new Map(chosen.map(({ name }) => [name, 0]));
  const found: string[] = [];
  const latest: string[] = [];
  let count = 0;
  const uncaught = (error: Error) => void found.push(`uncaught: ${error.stack}`);
  process.on("uncaughtExceptionMonitor", uncaught);

  const lane = async (random: Random) => {
    while (performance.now() < endsMs && found.length === 0) {
      const target = random.of(chosen);
      count += 1;
      inputs.set(target.name, (inputs.get(target.name) ?? 0) + 1);
      const mistake = await attempt(target, random, mesh, latest);
      if (mistake !== undefined) found.push(mistake);
    }
  };
  const beside = async () => {
    let isWarm = false;
    while (performance.now() < endsMs && found.length === 0) {
      await mesh.wellBehaved();
      if (!isWarm && count >= warmUpInputs) {
        isWarm = true;
        await mesh.warmedUp();
      }
      found.push(...(await mesh.mistakes(isWarm)));
    }
  };
  const failed = (error: Error) => void found.push(String(error.stack));
  const all = [beside(), ...Array.from({ length: lanes }, (_, nth) => lane(new Random(seed * lanes + nth)))];
  await Promise.all(all.map((each) => each.catch(failed)));
  process.off("uncaughtExceptionMonitor", uncaught);
  if (found.length === 0) return { inputs, found };
  // A process that has ended may be the cause of what was seen first.
  return { inputs, found: [...found, ...mesh.ended, "after:", ...latest] };
}

async function attempt(target: Target, random: Random, mesh: FuzzMesh, latest: string[]): Promise<string | undefined> {
  const sent: Buffer[] = [];
  const answer = await target.attempt(random, mesh, sent);
  const hex = sent.map((piece) => piece.toString("hex").slice(0, 4000)).join(" ");
  latest.push(`${target.name}: ${hex}`);
  if (latest.length > shownInputs) latest.shift();
  // An input made the server do what nobody foresaw.
  return /\bINTERNAL\b/.test(answer)
    ? `${target.name} answered INTERNAL: ${answer.slice(0, 1000)}\nto ${hex}`
    : undefined;
}
