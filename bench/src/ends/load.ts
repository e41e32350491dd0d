import type { Ask, Json } from "./ends.ts";
import { corrected, type Latencies, latenciesOf } from "./latencies.ts";

/** What one slice of a subject gave. */
export interface Measured extends Latencies {
  readonly perSecond: number;
  /** Messages of the whole slice, with those before and after what was counted: for what a message costs in CPU time. */
  readonly total: number;
}

/** At least so long nothing is counted, in milliseconds: connections open, and what a pause has left is swept up. */
const leastRampMs = 30;

/** Nor are the first of them: other subjects have had the caches of the cores meanwhile, those of all of its processes. */
const leastRamp = 100;

/** Within which it begins to count all the same, in milliseconds: some subjects carry no more than some hundred a second. */
const longestRampMs = 1000;

/** Fewer than this say nothing: the window stays open for them, for ten times as long at the most. */
const leastCounted = 20;

/**
 * Keeps `inFlight` messages going, and counts for `windowMs`. What is counted begins once every one of the first has been
 * answered, so that a full load is measured, or after a second.
 */
export function closedLoop(ask: Ask, value: Json, inFlight: number, windowMs: number): Promise<Measured> {
  const latencies: number[] = [];
  const rampMessages = Math.max(inFlight, leastRamp);
  const startMs = performance.now();
  let [fromMs, lastMs] = [Number.POSITIVE_INFINITY, 0];
  let [open, total] = [0, 0];
  let isOver = false;
  return new Promise((resolve) => {
    const begin = () => {
      const beganMs = performance.now();
      open += 1;
      ask(value, () => {
        const now = performance.now();
        open -= 1;
        total += 1;
        if (now >= fromMs && !isOver) count(now, now - beganMs);
        else if (!isOver && isRampedUp(now - startMs)) fromMs = now;
        if (!isOver) begin();
        else if (open === 0) resolve(summary());
      });
    };
    const isRampedUp = (ms: number) => (total >= rampMessages && ms >= leastRampMs) || ms >= longestRampMs;
    const count = (now: number, latencyMs: number) => {
      latencies.push(latencyMs);
      lastMs = now;
      const countedMs = now - fromMs;
      isOver = countedMs >= windowMs && (latencies.length >= leastCounted || countedMs >= 10 * windowMs);
    };
    const summary = (): Measured => ({
      perSecond: (latencies.length / (lastMs - fromMs)) * 1000,
      total,
      ...latenciesOf(corrected(latencies)),
    });
    for (let each = 0; each < inFlight; each += 1) begin();
  });
}

/**
 * Sends by a schedule, however long the answers take: `perSecond` messages for `windowMs`. A latency counts from the moment
 * at which the schedule wanted the message sent, so that a client which stalls makes its own late messages slow.
 */
export function openLoop(ask: Ask, value: Json, perSecond: number, windowMs: number): Promise<Measured> {
  const latencies: number[] = [];
  const planned = Math.max(1, Math.round((perSecond * windowMs) / 1000));
  const everyMs = 1000 / perSecond;
  const startMs = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    const answered = (dueMs: number) => {
      latencies.push(performance.now() - dueMs);
      if (latencies.length < planned) return;
      const tookMs = performance.now() - startMs;
      resolve({ perSecond: (planned / tookMs) * 1000, total: planned, ...latenciesOf(latencies) });
    };
    const sendWhatIsDue = () => {
      const now = performance.now();
      for (; sent < planned && startMs + sent * everyMs <= now; sent += 1) {
        const dueMs = startMs + sent * everyMs;
        ask(value, () => answered(dueMs));
      }
      if (sent < planned) setTimeout(sendWhatIsDue, startMs + sent * everyMs - performance.now());
    };
    sendWhatIsDue();
  });
}

/** Messages in flight while a queue is filled. */
const fillingInFlight = 2048;

/** Sends so many messages as fast as they are confirmed. */
export function fill(ask: Ask, value: Json, messages: number): Promise<Measured> {
  const startMs = performance.now();
  let [sent, confirmed] = [0, 0];
  return new Promise((resolve) => {
    const next = () => {
      if (sent === messages) return;
      sent += 1;
      ask(value, () => {
        confirmed += 1;
        next();
        if (confirmed < messages) return;
        const perSecond = (messages / (performance.now() - startMs)) * 1000;
        resolve({ perSecond, total: messages, ...latenciesOf([]) });
      });
    };
    for (let each = 0; each < Math.min(messages, fillingInFlight); each += 1) next();
  });
}
