import type { OutcomeCount, WatchStatsResponse } from "@exosphere/proto";
import type { Outcomes, Sample } from "../core/sample.ts";

/** What the broker has counted, as the dashboard keeps it. */
export function sampleOfStats({ epoch, atMs, bounds, roles }: WatchStatsResponse): Sample {
  return {
    epoch,
    at: atMs,
    bounds,
    roles: roles.map(({ role, instances, waitingMessages, waitingBytes, oldestWaitMs, inFlight, sent, received }) => ({
      role,
      instances: instances.map(({ instanceId, agent, credit, inFlight: busy, attachedMs }) => ({
        id: instanceId,
        agent,
        credit,
        inFlight: busy,
        attachedMs,
      })),
      waiting: waitingMessages,
      waitingBytes,
      oldestMs: oldestWaitMs,
      inFlight,
      sent: sent.map(({ name, publicName, outcomes }) => ({ name, publicName, outcomes: outcomesOf(outcomes) })),
      received: received.map(({ name, publicName, outcomes, latency, latencySum }) => ({
        name,
        publicName,
        outcomes: outcomesOf(outcomes),
        latency,
        latencySum,
      })),
    })),
  };
}

function outcomesOf(counts: readonly OutcomeCount[]): Outcomes {
  return Object.fromEntries(counts.map(({ outcome, count }) => [outcome, count]));
}
