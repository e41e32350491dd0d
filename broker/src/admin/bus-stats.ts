import type { OutcomeCount, ReceivedStats, RoleStats, SentStats, Topology, WatchStatsResponse } from "@exosphere/proto";
import type { HistogramSnapshot } from "@exosphere/telemetry";
import type { Clock } from "../core/clock.ts";
import type { Exocom } from "../core/exocom.ts";
import type { Role } from "../core/role.ts";
import type { Tally } from "../core/tally.ts";

/** What is counted, and where. */
export interface StatsSources {
  readonly exocom: Exocom;
  readonly clock: Clock;
  readonly topology: () => Topology;
  readonly latency: (role: string, name: string) => HistogramSnapshot;
  readonly taps: { readonly size: number; readonly dropped: number };
}

/** Everything that the bus counts, as it is now. */
export function busStats({ exocom, clock, topology, latency, taps }: StatsSources): WatchStatsResponse {
  const { epoch, revision, roles } = topology();
  let unknownPublished = 0;
  for (const [, count] of exocom.unknownPublished) unknownPublished += count;
  return {
    epoch,
    atMs: clock.originMs + clock.nowMs(),
    revision,
    bounds: [...latency("", "").bounds],
    roles: roles.flatMap(({ role: name, instances }) => {
      const role = exocom.roles.get(name);
      return role ? [{ ...statsOf(role, latency), instances }] : [];
    }),
    unknownPublished,
    taps: taps.size,
    tapDropped: taps.dropped,
  };
}

function statsOf(role: Role, latency: StatsSources["latency"]): Omit<RoleStats, "instances"> {
  let inFlight = 0;
  for (const instance of role.instances) inFlight += instance.inFlight;
  return {
    role: role.name,
    waitingMessages: role.backlog.messages,
    waitingBytes: role.backlog.bytes,
    oldestWaitMs: role.backlog.oldestWaitMs,
    inFlight,
    sent: [...role.permissions.values()].map(
      ({ name, publicName, published }): SentStats => ({ name, publicName, outcomes: outcomesOf(published) }),
    ),
    received: [...role.subscriptions.values()].map(({ name, publicName, delivered }): ReceivedStats => {
      const { counts, sum } = latency(role.name, name);
      return { name, publicName, outcomes: outcomesOf(delivered), latency: Array.from(counts), latencySum: sum };
    }),
  };
}

function outcomesOf(tally: Tally): OutcomeCount[] {
  // What came back unseen has not ended: it is counted when it does.
  return [...tally].filter(([outcome]) => outcome !== "returned").map(([outcome, count]) => ({ outcome, count }));
}
