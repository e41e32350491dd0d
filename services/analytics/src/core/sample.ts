/** A running copy of a role. */
export interface InstanceSample {
  readonly id: string;
  readonly agent: string;
  readonly credit: number;
  readonly inFlight: number;
  readonly attachedMs: number;
}

/** How often something ended in each way: reasons in lower case, `ok`, `retry`, `dead`, `dropped`. */
export type Outcomes = Readonly<Record<string, number>>;

/** What a role sent of a message. */
export interface SentSample {
  /** Its own name for it, and the application's. */
  readonly name: string;
  readonly publicName: string;
  readonly outcomes: Outcomes;
}

/** What a role received of a message. */
export interface ReceivedSample {
  readonly name: string;
  readonly publicName: string;
  readonly outcomes: Outcomes;
  /** Latencies of those that are done, by bucket, and their sum in seconds. */
  readonly latency: readonly number[];
  readonly latencySum: number;
}

/** One role. */
export interface RoleSample {
  readonly role: string;
  readonly instances: readonly InstanceSample[];
  readonly waiting: number;
  readonly waitingBytes: number;
  readonly oldestMs: number;
  readonly inFlight: number;
  readonly sent: readonly SentSample[];
  readonly received: readonly ReceivedSample[];
}

/** What the bus counted up to a moment, or within a time. */
export interface Sample {
  readonly epoch: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Upper bounds of the latency buckets, in seconds. */
  readonly bounds: readonly number[];
  readonly roles: readonly RoleSample[];
}

/** What was counted between two samples of the same bus. Where the broker was started anew in between: since its start. */
export function between(before: Sample | undefined, after: Sample): Sample {
  if (!before || before.epoch !== after.epoch) return after;
  const earlier = new Map(before.roles.map((role) => [role.role, role]));
  const roles = after.roles.map((role) => {
    const was = earlier.get(role.role);
    if (!was) return role;
    const sentWas = new Map(was.sent.map((each) => [each.name, each]));
    const receivedWas = new Map(was.received.map((each) => [each.name, each]));
    return {
      ...role,
      sent: role.sent.map((each) => ({ ...each, outcomes: less(each.outcomes, sentWas.get(each.name)?.outcomes) })),
      received: role.received.map((each) => {
        const { outcomes, latency, latencySum = 0 } = receivedWas.get(each.name) ?? {};
        return {
          ...each,
          outcomes: less(each.outcomes, outcomes),
          latency: each.latency.map((count, bucket) => count - (latency?.[bucket] ?? 0)),
          latencySum: each.latencySum - latencySum,
        };
      }),
    };
  });
  return { ...after, roles };
}

function less(after: Outcomes, before: Outcomes = {}): Outcomes {
  const entries = Object.entries(after).map(([outcome, count]) => [outcome, count - (before[outcome] ?? 0)] as const);
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}
