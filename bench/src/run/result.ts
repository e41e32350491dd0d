import type { Group } from "./subjects.ts";

/** What was measured of one subject at one load, one entry for each round: rounds of the same number ran one after the other. */
export interface Row {
  readonly group: Group;
  readonly subject: string;
  readonly title: string;
  readonly bytes: number;
  /** Messages in flight, or 0 where they were sent by a schedule. */
  readonly inFlight: number;
  readonly perSecond: readonly number[];
  readonly p50Ms: readonly number[];
  readonly p99Ms: readonly number[];
  /** Microseconds of CPU time for each message, by process. */
  readonly cpuUs: Readonly<Record<string, readonly number[]>>;
}

/** The most memory that the processes of a subject ever had, in MiB. */
export interface Memory {
  readonly subject: string;
  readonly title: string;
  readonly peakMb: Readonly<Record<string, number>>;
}

/** What a program costs before it has anything to do. */
export interface Footprint {
  readonly program: string;
  /** From its start to the first `/readyz` that said so, one entry for each start. */
  readonly readyMs: readonly number[];
  /** Resident memory once it was idle. */
  readonly idleMb: readonly number[];
}

/** A queue that nobody empties. */
export interface Backlog {
  readonly messages: number;
  readonly bytes: number;
  readonly perSecond: number;
  readonly emptyMb: number;
  readonly fullMb: number;
}

/** What the figures are from. */
export interface Machine {
  readonly at: string;
  readonly commit: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Load average of the last minute, before and after: well below the number of cores before, or others were at work. */
  readonly load: readonly [number, number];
  readonly versions: Readonly<Record<string, string>>;
}

/** All that one run of the benchmark found out. */
export interface Result {
  readonly machine: Machine;
  readonly rounds: number;
  readonly windowMs: number;
  /** Messages a second of those rows that were sent by a schedule. */
  readonly pacedPerSecond: number;
  readonly rows: readonly Row[];
  readonly memory: readonly Memory[];
  readonly footprints: readonly Footprint[];
  readonly backlog: Backlog | undefined;
  /** Subjects that could not be measured, and what installs what they need. */
  readonly absent: readonly { readonly subject: string; readonly install: string }[];
}

/** The middle of some figures. NaN without any. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Half of the distance between the lowest and the highest, as a part of the median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}
