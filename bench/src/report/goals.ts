import { median, type Result, type Row } from "../run/result.ts";
import { cpuOf } from "./blocks.ts";

/** Something that is to hold, as a figure of one run. */
export interface Goal {
  readonly title: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly unit: "×" | "MiB" | "ms";
  /** Undefined where the run lacks what it takes. */
  readonly measure: (result: Result) => number | undefined;
}

/** A goal beside what was measured. */
export interface Judged {
  readonly goal: Goal;
  readonly measured: number | undefined;
  /** Undefined where it was not measured. */
  readonly isMet: boolean | undefined;
}

const bytes = 200;

/** The goals, all of them ratios in one run on two cores but the last two. */
export const goals: readonly Goal[] = [
  {
    title: "SDK through two sidecars vs NATS, 64 in flight",
    atLeast: 2.5,
    unit: "×",
    measure: rates("sdk-sidecars", "nats", 64),
  },
  {
    title: "SDK through two sidecars vs NATS, 256 in flight",
    atLeast: 4,
    unit: "×",
    measure: rates("sdk-sidecars", "nats", 256),
  },
  {
    title: "SDK through two sidecars vs grpc-js unary with the same hops, 64 in flight",
    atLeast: 15,
    unit: "×",
    measure: rates("sdk-sidecars", "grpc-unary", 64),
  },
  {
    title: "SDK through two sidecars vs the bare batched relay, 64 in flight",
    atLeast: 0.6,
    unit: "×",
    measure: rates("sdk-sidecars", "relay-3", 64),
  },
  {
    title: "SDK through two sidecars vs the bare batched relay, 256 in flight",
    atLeast: 0.6,
    unit: "×",
    measure: rates("sdk-sidecars", "relay-3", 256),
  },
  {
    title: "p50 at 1 in flight, SDK through two sidecars vs NATS",
    atMost: 2,
    unit: "×",
    measure: latencies("sdk-sidecars", "nats", 1),
  },
  {
    title: "HTTP through two sidecars vs a bare proxy with the same HTTP hops, 64 in flight",
    atLeast: 0.8,
    unit: "×",
    measure: rates("http-sidecars", "http-proxy", 64),
  },
  {
    title: "HTTP through two sidecars vs a bare proxy with the same HTTP hops, 256 in flight",
    atLeast: 0.8,
    unit: "×",
    measure: rates("http-sidecars", "http-proxy", 256),
  },
  {
    title: "one-way, confirmed, for each second of the broker's CPU vs the bare relay's, 256 in flight",
    atLeast: 0.5,
    unit: "×",
    measure: perCore,
  },
  {
    title: "request → reply with 1,000 roles and 10,000 routes vs few, 64 in flight",
    atLeast: 0.95,
    unit: "×",
    measure: rates("routes-many", "routes-few", 64),
  },
  { title: "idle memory of a sidecar", atMost: 90, unit: "MiB", measure: (result) => footprint(result, "idleMb") },
  {
    title: "time until a sidecar is ready",
    atMost: 300,
    unit: "ms",
    measure: (result) => footprint(result, "readyMs"),
  },
];

/** Each goal beside what a run has found out. */
export function judge(result: Result): Judged[] {
  return goals.map((goal) => {
    const measured = goal.measure(result);
    if (measured === undefined || !Number.isFinite(measured)) return { goal, measured: undefined, isMet: undefined };
    const isMet =
      measured >= (goal.atLeast ?? Number.NEGATIVE_INFINITY) && measured <= (goal.atMost ?? Number.POSITIVE_INFINITY);
    return { goal, measured, isMet };
  });
}

/** The median of the ratios of each round: what ran one after the other had the same machine. */
function ratio(of: readonly number[], to: readonly number[]): number {
  return median(of.map((value, round) => value / (to[round] ?? Number.NaN)));
}

function rowOf({ rows }: Result, subject: string, inFlight: number): Row | undefined {
  return rows.find((row) => row.subject === subject && row.inFlight === inFlight && row.bytes === bytes);
}

function rates(of: string, to: string, inFlight: number) {
  return (result: Result): number | undefined => {
    const [ours, theirs] = [rowOf(result, of, inFlight), rowOf(result, to, inFlight)];
    return ours && theirs && ratio(ours.perSecond, theirs.perSecond);
  };
}

function latencies(of: string, to: string, inFlight: number) {
  return (result: Result): number | undefined => {
    const [ours, theirs] = [rowOf(result, of, inFlight), rowOf(result, to, inFlight)];
    return ours && theirs && ratio(ours.p50Ms, theirs.p50Ms);
  };
}

function perCore(result: Result): number | undefined {
  const [ours, theirs] = [rowOf(result, "send-broker", 256), rowOf(result, "send-relay", 256)];
  if (!ours || !theirs) return undefined;
  return cpuOf(theirs, (process) => process === "relay") / cpuOf(ours, (process) => process === "broker");
}

function footprint({ footprints }: Result, figure: "idleMb" | "readyMs"): number | undefined {
  const sidecar = footprints.find(({ program }) => program === "sidecar");
  return sidecar && median(sidecar[figure]);
}
