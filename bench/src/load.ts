/** One request and its answer: calls `done` once, when the answer is there. */
export type RoundTrip = (done: () => void) => void;

/** What a run of one subject at one concurrency gave. */
export interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How long to run before anything is counted: the JIT compiles what is hot within it. */
const warmUpShare = 0.4;

/** Keeps `inFlight` round trips going for `seconds`, and measures those that start after the warm-up. */
export function measure(roundTrip: RoundTrip, inFlight: number, seconds: number): Promise<Measured> {
  const startMs = performance.now();
  const countFromMs = startMs + seconds * 1000 * warmUpShare;
  const endMs = startMs + seconds * 1000;
  const latencies: number[] = [];
  let open = 0;
  let lastMs = countFromMs;
  return new Promise((resolve) => {
    const begin = () => {
      const beganMs = performance.now();
      open += 1;
      roundTrip(() => {
        const now = performance.now();
        open -= 1;
        if (now >= countFromMs && now <= endMs) {
          latencies.push(now - beganMs);
          lastMs = now;
        }
        if (now < endMs) begin();
        else if (open === 0) resolve(summary(latencies, lastMs - countFromMs));
      });
    };
    for (let each = 0; each < inFlight; each += 1) begin();
  });
}

function summary(latencies: number[], overMs: number): Measured {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { perSecond: (latencies.length / overMs) * 1000, p50Ms: at(0.5), p99Ms: at(0.99) };
}
