import { quantile } from "./histogram.ts";
import type { InstanceSample, Outcomes, ReceivedSample, Sample } from "./sample.ts";

/** An instance, as the map shows it. */
export interface InstanceView extends InstanceSample {
  /** Its role receives messages, but it lets none come: its app cannot be reached, or it is about to leave. */
  readonly takesNoWork: boolean;
}

/** A role, as the map shows it. Rates are per second. */
export interface RoleView {
  readonly role: string;
  readonly instances: readonly InstanceView[];
  readonly waiting: number;
  readonly waitingBytes: number;
  readonly oldestMs: number;
  readonly inFlight: number;
  readonly sentRate: number;
  readonly receivedRate: number;
  readonly errorRate: number;
}

/** A message from one role to another, as the map shows it. Rates are per second, times in milliseconds. */
export interface EdgeView {
  readonly from: string;
  readonly to: string;
  /** The application's name. */
  readonly name: string;
  readonly sentAs: string;
  readonly receivedAs: string;
  /** How often `from` sent it. */
  readonly rate: number;
  /** How the copies for `to` ended, whoever sent them. */
  readonly doneRate: number;
  readonly retryRate: number;
  readonly errorRate: number;
  /** Failures among the copies that ended: 0 to 1. */
  readonly errorShare: number;
  /** From acceptance to settlement. Absent where none was done. */
  readonly p50?: number | undefined;
  readonly p99?: number | undefined;
  /** Of the receiving role: how long its oldest message waits. */
  readonly oldestMs: number;
  /** Counted since the broker started. */
  readonly totals: { readonly sent: Outcomes; readonly received: Outcomes };
}

/** The bus within some seconds. */
export interface BusView {
  readonly at: number;
  readonly epoch: string;
  readonly seconds: number;
  readonly roles: readonly RoleView[];
  readonly edges: readonly EdgeView[];
  readonly published: number;
  readonly done: number;
  readonly failed: number;
  readonly retried: number;
}

/** Copies that ended other than well. One that is tried again has not ended. */
export function failures(outcomes: Outcomes): number {
  let sum = 0;
  for (const [outcome, count] of Object.entries(outcomes)) if (outcome !== "ok" && outcome !== "retry") sum += count;
  return sum;
}

/** What the map shows of what was counted within `seconds`; `totals` is what was counted since the broker started. */
export function busView(counted: Sample, seconds: number, totals: Sample = counted): BusView {
  const receivers = receiversOf(counted);
  const totalOf = totalsOf(totals);
  const edges: EdgeView[] = [];
  const sum = { published: 0, done: 0, failed: 0, retried: 0 };
  for (const { role: from, sent } of counted.roles) {
    for (const { name: sentAs, publicName: name, outcomes } of sent) {
      sum.published += outcomes.ok ?? 0;
      for (const { to, oldestMs, received } of receivers.get(name) ?? []) {
        const { name: receivedAs } = received;
        const numbers = edgeNumbers(received, counted.bounds, seconds);
        const all = { sent: totalOf(`> ${from} ${sentAs}`), received: totalOf(`< ${to} ${receivedAs}`) };
        const rate = (outcomes.ok ?? 0) / seconds;
        edges.push({ from, to, name, sentAs, receivedAs, rate, ...numbers, oldestMs, totals: all });
      }
    }
  }
  const roles = counted.roles.map(({ sent, received, ...role }): RoleView => {
    const done = received.reduce((total, { outcomes }) => total + (outcomes.ok ?? 0), 0);
    const failed = received.reduce((total, { outcomes }) => total + failures(outcomes), 0);
    sum.done += done;
    sum.failed += failed;
    sum.retried += received.reduce((total, { outcomes }) => total + (outcomes.retry ?? 0), 0);
    const sentCount = sent.reduce((total, { outcomes }) => total + (outcomes.ok ?? 0), 0);
    const rates = { sentRate: sentCount / seconds, receivedRate: done / seconds, errorRate: failed / seconds };
    const instances = role.instances.map((instance) => {
      return { ...instance, takesNoWork: received.length > 0 && instance.credit === 0 };
    });
    return { ...role, ...rates, instances };
  });
  const { at, epoch } = counted;
  const perSecond = Object.fromEntries(Object.entries(sum).map(([key, value]) => [key, value / seconds])) as typeof sum;
  return { at, epoch, seconds, roles, edges, ...perSecond };
}

function edgeNumbers({ outcomes, latency }: ReceivedSample, bounds: readonly number[], seconds: number) {
  const failed = failures(outcomes);
  const ok = outcomes.ok ?? 0;
  const inMs = (share: number) => {
    const value = quantile(bounds, latency, share);
    return value === undefined ? undefined : value * 1000;
  };
  return {
    doneRate: ok / seconds,
    retryRate: (outcomes.retry ?? 0) / seconds,
    errorRate: failed / seconds,
    errorShare: failed === 0 ? 0 : failed / (failed + ok),
    p50: inMs(0.5),
    p99: inMs(0.99),
  };
}

function receiversOf(sample: Sample) {
  const receivers = new Map<string, { to: string; oldestMs: number; received: ReceivedSample }[]>();
  for (const { role: to, oldestMs, received: all } of sample.roles) {
    for (const received of all) {
      receivers.set(received.publicName, [...(receivers.get(received.publicName) ?? []), { to, oldestMs, received }]);
    }
  }
  return receivers;
}

function totalsOf({ roles }: Sample): (key: string) => Outcomes {
  const totals = new Map<string, Outcomes>();
  for (const { role, sent, received } of roles) {
    for (const { name, outcomes } of sent) totals.set(`> ${role} ${name}`, outcomes);
    for (const { name, outcomes } of received) totals.set(`< ${role} ${name}`, outcomes);
  }
  return (key) => totals.get(key) ?? {};
}
