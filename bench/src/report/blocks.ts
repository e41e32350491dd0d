import { median, type Result, type Row, spread } from "../run/result.ts";
import { plusMinus, rate, three, whole } from "./figures.ts";

/** A part of the report: a title, the heads of the columns, and a line for each subject. */
export interface Block {
  readonly title: string;
  readonly heads: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

const groupTitles = {
  request: "request → reply",
  send: "one-way, confirmed",
  "fan-out": "one-way, to several roles",
  routes: "request → reply with many routes",
} as const;

/** The whole result as blocks of one table. */
export function blocksOf(result: Result): Block[] {
  return [
    ...loadBlocks(result),
    ...pacedBlock(result),
    ...memoryBlock(result),
    ...footprintBlock(result),
    ...backlogBlock(result),
  ];
}

function loadBlocks({ rows }: Result): Block[] {
  const closed = rows.filter(({ inFlight }) => inFlight > 0);
  const keys = [...new Set(closed.map(({ group, bytes }) => `${group}/${bytes}`))];
  return keys.flatMap((key) => {
    const of = closed.filter(({ group, bytes }) => `${group}/${bytes}` === key);
    const [first] = of as [Row];
    const inFlight = [...new Set(of.map((row) => row.inFlight))];
    const title = `${groupTitles[first.group]}, ${whole(first.bytes)} bytes`;
    const block = (what: string, cell: (row: Row) => string): Block => ({
      title: `${title}: ${what}`,
      heads: inFlight.map((each) => `${whole(each)} in flight`),
      lines: [...new Set(of.map((row) => row.subject))].map((subject) => {
        const its = of.filter((row) => row.subject === subject);
        const cells = inFlight.map((each) => its.filter((row) => row.inFlight === each).map(cell)[0] ?? "-");
        return [its[0]?.title ?? subject, ...cells];
      }),
    });
    return [
      block("messages a second", ({ perSecond }) => `${rate(median(perSecond))} ${plusMinus(spread(perSecond))}`),
      block("p50 / p99, ms", ({ p50Ms, p99Ms }) => `${three(median(p50Ms))} / ${three(median(p99Ms))}`),
      block("CPU of all processes for a message, µs", (row) => three(cpuOf(row))),
    ];
  });
}

/** Microseconds of CPU time for a message, of all processes or of those named. */
export function cpuOf({ cpuUs }: Row, isWanted: (process: string) => boolean = () => true): number {
  const names = Object.keys(cpuUs).filter(isWanted);
  return names.reduce((sum, name) => sum + median(cpuUs[name] ?? []), 0);
}

function pacedBlock({ rows, pacedPerSecond }: Result): Block[] {
  const paced = rows.filter(({ inFlight }) => inFlight === 0);
  if (paced.length === 0) return [];
  return [
    {
      title: `${whole(pacedPerSecond)} requests a second by a schedule, ${whole(paced[0]?.bytes ?? 0)} bytes: latency from the scheduled moment, ms`,
      heads: ["p50", "p99"],
      lines: paced.map(({ title, p50Ms, p99Ms }) => [title, three(median(p50Ms)), three(median(p99Ms))]),
    },
  ];
}

function memoryBlock({ memory }: Result): Block[] {
  if (memory.length === 0) return [];
  const lines = memory.map(({ subject, title, peakMb }): string[] => {
    const each = Object.entries(peakMb).map(([process, mb]) => `${process} ${mb.toFixed(0)}`);
    return [`${title} (${subject})`, each.join(", ")];
  });
  return [{ title: "peak memory of each process, MiB", heads: [""], lines }];
}

function footprintBlock({ footprints }: Result): Block[] {
  if (footprints.length === 0) return [];
  return [
    {
      title: "before there is anything to do",
      heads: ["ready after, ms", "idle memory, MiB"],
      lines: footprints.map(({ program, readyMs, idleMb }) => [
        program,
        `${median(readyMs).toFixed(0)} ${plusMinus(spread(readyMs))}`,
        median(idleMb).toFixed(0),
      ]),
    },
  ];
}

function backlogBlock({ backlog }: Result): Block[] {
  if (!backlog) return [];
  const { messages, bytes, perSecond, emptyMb, fullMb } = backlog;
  const each = ((fullMb - emptyMb) * 1024 * 1024) / messages;
  const cells = [rate(perSecond), emptyMb.toFixed(0), fullMb.toFixed(0), whole(each)];
  return [
    {
      title: "a queue that nobody empties",
      heads: ["queued a second", "broker before, MiB", "broker after, MiB", "bytes for each"],
      lines: [[`${whole(messages)} messages of ${bytes} bytes`, ...cells]],
    },
  ];
}
