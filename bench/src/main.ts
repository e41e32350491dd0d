// `npm run bench [-- --seconds 2 --rounds 3]`: round trips per second and latencies, all subjects in one run.
import { parseArgs } from "node:util";
import type { Measured } from "./load.ts";
import {
  httpSubject,
  linkSubject,
  relayOfThreeSubject,
  relaySubject,
  type Subject,
  sdkSubject,
  stopSubjects,
  streamSubject,
} from "./subjects.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "2" }, rounds: { type: "string", default: "3" } },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const concurrencies = [1, 64, 256];

const subjects: Subject[] = [];
try {
  for (const start of [relaySubject, streamSubject, linkSubject, relayOfThreeSubject, sdkSubject, httpSubject])
    subjects.push(await start());
  const results = new Map<string, Measured[]>();
  for (const inFlight of concurrencies) {
    // Subjects take turns, so that a machine that slows down hurts all alike.
    for (let round = 0; round < rounds; round += 1) {
      for (const { name, requester } of subjects) {
        const key = `${name}@${inFlight}`;
        results.set(key, [...(results.get(key) ?? []), await requester.measure(inFlight, seconds)]);
      }
    }
  }
  print(results);
} finally {
  stopSubjects();
}

function print(results: ReadonlyMap<string, Measured[]>): void {
  const relay = (subjects[0] as Subject).name;
  console.log(
    `\nRound trips of 200 bytes each way, median of ${rounds} rounds of ${seconds} s, Node ${process.versions.node}\n`,
  );
  console.log(row("", "in flight", "per second", "p50 ms", "p99 ms", "vs relay"));
  for (const inFlight of concurrencies) {
    const limit = median(results.get(`${relay}@${inFlight}`) ?? []).perSecond;
    for (const { name } of subjects) {
      const { perSecond, p50Ms, p99Ms } = median(results.get(`${name}@${inFlight}`) ?? []);
      const ratio = `${(perSecond / limit).toFixed(2)} x`;
      console.log(row(name, `${inFlight}`, perSecond.toFixed(0), p50Ms.toFixed(2), p99Ms.toFixed(2), ratio));
    }
  }
}

function median(measured: readonly Measured[]): Measured {
  const sorted = [...measured].sort((a, b) => a.perSecond - b.perSecond);
  return sorted[Math.floor(sorted.length / 2)] as Measured;
}

function row(name: string, ...cells: readonly string[]): string {
  return name.padEnd(22) + cells.map((cell) => cell.padStart(12)).join("");
}
