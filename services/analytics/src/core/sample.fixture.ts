import type { Outcomes, ReceivedSample, RoleSample, Sample } from "./sample.ts";

const none = { instances: [], waiting: 0, waitingBytes: 0, oldestMs: 0, inFlight: 0, sent: [], received: [] };

/** A role that sends and receives nothing, but for what is said. */
export function roleSample(role: string, fields: Partial<RoleSample> = {}): RoleSample {
  return { role, ...none, ...fields };
}

/** What a role received of a message. */
export function received(name: string, outcomes: Outcomes, latency: readonly number[] = [0, 0, 0]): ReceivedSample {
  return { name, publicName: name, outcomes, latency, latencySum: 0 };
}

/** A sample at a time in seconds, with buckets up to 10 and 100 ms. */
export function sampleAt(seconds: number, roles: readonly RoleSample[], epoch = "one"): Sample {
  return { epoch, at: seconds * 1000, bounds: [0.01, 0.1], roles };
}

/** web asks users so often; of the copies, `failed` were dead. */
export function chatter(seconds: number, count: number, failed = 0, epoch = "one"): Sample {
  const outcomes: Outcomes = failed > 0 ? { ok: count - failed, dead: failed } : { ok: count };
  return sampleAt(
    seconds,
    [
      roleSample("users", { received: [received("get", outcomes, [count - failed, 0, 0])], waiting: 3, oldestMs: 70 }),
      roleSample("web", { sent: [{ name: "get", publicName: "get", outcomes: { ok: count } }] }),
    ],
    epoch,
  );
}
