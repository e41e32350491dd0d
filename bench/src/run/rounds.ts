import type { Measured } from "../ends/load.ts";
import type { Order } from "../ends/order.ts";
import { Cast } from "./cast.ts";
import { missing } from "./peers.ts";
import { usageOf } from "./resources.ts";
import type { Memory, Row } from "./result.ts";
import type { Stage } from "./stages.ts";
import type { Subject } from "./subjects.ts";

/** What a subject is asked to do in each round. */
export type Load = Extract<Order, { readonly kind: "closed" | "paced" }>;

/** A subject whose processes are up. */
export interface Playing {
  readonly subject: Subject;
  readonly cast: Cast;
  readonly stage: Stage;
}

/** What a group of subjects gave. */
export interface Outcome {
  readonly rows: Row[];
  readonly memory: Memory[];
  readonly absent: { readonly subject: string; readonly install: string }[];
}

/**
 * How many messages every subject carries before anything is counted: by then V8 has compiled what is hot in all of its
 * processes, also what runs once for a frame of 50 messages.
 */
const warmUpMessages = 300_000;

/**
 * How long that may take for each subject, in milliseconds. All of them warm up at once: those that are compiled soon leave their
 * time to those that take ten times as long, such as a chain of HTTP hops with its 25,000 requests.
 */
const warmUpMs = 3000;

/** After so long it is looked at again, in milliseconds. */
const warmUpSliceMs = 300;

/** How rounds are made. */
export interface RoundOptions {
  readonly rounds: number;
  readonly loads: readonly Load[];
  readonly warmUpMs?: number;
  readonly profileFolder?: string | undefined;
  readonly onProgress?: (text: string) => void;
}

/**
 * Starts all of some subjects, lets them take turns through all loads and rounds, so that a machine that slows down hurts
 * all alike, and ends them.
 */
export async function runRounds(subjects: readonly Subject[], options: RoundOptions): Promise<Outcome> {
  const playing: Playing[] = [];
  const absent: { subject: string; install: string }[] = [];
  try {
    for (const subject of subjects) {
      const install = subject.peer && missing(subject.peer);
      if (install) absent.push({ subject: subject.title, install });
      else playing.push(await begin(subject, options.profileFolder));
    }
    await warmUp(playing, options);
    const rows: Row[] = [];
    // One load after the other, not all of them in each round: behind another load a subject takes up to two thirds more CPU.
    for (const load of options.loads) {
      options.onProgress?.(`${describe(load)}: ${playing.map(({ subject }) => subject.id).join(", ")}`);
      rows.push(...(await measureAll(playing, load, options.rounds)));
    }
    return { rows, memory: playing.map(memoryOf), absent };
  } finally {
    await Promise.all(playing.map(({ cast }) => cast.stop()));
  }
}

/** Starts a subject. What it has started ends if it fails. */
export async function begin(subject: Subject, profileFolder?: string): Promise<Playing> {
  const cast = new Cast(profileFolder && `${profileFolder}/${subject.id}`);
  try {
    return { subject, cast, stage: await subject.start(cast) };
  } catch (error) {
    await cast.stop();
    throw new Error(`'${subject.id}' did not start.`, { cause: error });
  }
}

async function warmUp(
  playing: readonly Playing[],
  { loads, warmUpMs: eachMs = warmUpMs }: RoundOptions,
): Promise<void> {
  const bytes = loads[0]?.bytes ?? 200;
  const endMs = performance.now() + eachMs * playing.length;
  const windowMs = Math.min(warmUpSliceMs, eachMs);
  await Promise.all(
    playing.map(async ({ stage }) => {
      for (let messages = 0; messages < warmUpMessages && performance.now() < endMs; ) {
        messages += (await stage.asks.measure({ kind: "closed", inFlight: 64, windowMs, bytes })).total;
      }
    }),
  );
}

async function measureAll(playing: readonly Playing[], load: Load, rounds: number): Promise<Row[]> {
  const slices = new Map<Playing, Slice[]>();
  for (let round = 0; round < rounds; round += 1) {
    // Back and forth: who comes first in every round, or after the same one, was up to 7 % slower or faster for it.
    const turns = round % 2 === 0 ? playing : playing.toReversed();
    for (const each of turns) slices.set(each, [...(slices.get(each) ?? []), await measureOnce(each, load)]);
  }
  return playing.map((each) => rowOf(each.subject, load, slices.get(each) ?? []));
}

interface Slice {
  readonly measured: Measured;
  /** Microseconds for each message, by process. */
  readonly cpuUs: Readonly<Record<string, number>>;
}

async function measureOnce({ cast, stage }: Playing, load: Load): Promise<Slice> {
  const before = cast.running.map(({ child }) => usageOf(child.pid as number).cpuUs);
  const measured = await stage.asks.measure(load);
  const used = cast.running.map(({ child, name }, index): [string, number] => {
    const cpuUs = usageOf(child.pid as number).cpuUs - (before[index] as number);
    return [name, cpuUs / measured.total];
  });
  return { measured, cpuUs: Object.fromEntries(used) };
}

function rowOf({ id, title, group }: Subject, load: Load, slices: readonly Slice[]): Row {
  const names = Object.keys(slices[0]?.cpuUs ?? {});
  return {
    group,
    subject: id,
    title,
    bytes: load.bytes,
    inFlight: load.kind === "closed" ? load.inFlight : 0,
    perSecond: slices.map(({ measured }) => measured.perSecond),
    p50Ms: slices.map(({ measured }) => measured.p50Ms),
    p99Ms: slices.map(({ measured }) => measured.p99Ms),
    cpuUs: Object.fromEntries(names.map((name) => [name, slices.map(({ cpuUs }) => cpuUs[name] ?? Number.NaN)])),
  };
}

function memoryOf({ subject, cast }: Playing): Memory {
  const peaks = cast.running.map(({ name, child }): [string, number] => [name, usageOf(child.pid as number).peakMb]);
  return { subject: subject.id, title: subject.title, peakMb: Object.fromEntries(peaks) };
}

function describe(load: Load): string {
  const how = load.kind === "closed" ? `${load.inFlight} in flight` : `${load.perSecond} a second`;
  return `${load.bytes} bytes, ${how}`;
}
