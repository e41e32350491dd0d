import assert from "node:assert/strict";
import type { AppUnderTest } from "./app-under-test.ts";
import { eventually } from "./eventually.ts";
import type { Call } from "./load.ts";
import { metricsOf } from "./metrics.ts";
import type { ProcessUnderTest } from "./process-under-test.ts";

/** How often apps were given each message, by its id. */
export function timesSeen(apps: readonly AppUnderTest[]): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  for (const { deliveries } of apps)
    for (const { message } of deliveries) seen.set(message.id, (seen.get(message.id) ?? 0) + 1);
  return seen;
}

/** No message was handed to an app twice. For apps that never ask for that. */
export function assertSeenOnce(apps: readonly AppUnderTest[]): void {
  const twice = [...timesSeen(apps)].filter(([, times]) => times > 1);
  assert.deepEqual(twice, []);
}

/** Every request that got a reply was with an app. */
export function assertNoFalseReplies(calls: readonly Call[], apps: readonly AppUnderTest[]): void {
  const seen = timesSeen(apps);
  const unseen = calls.filter(({ verb, status, id }) => verb === "request" && status === 200 && !seen.has(id));
  assert.deepEqual(unseen, []);
}

/** Ids of the sends that were confirmed, but are with no app. */
export function confirmedUnseen(calls: readonly Call[], apps: readonly AppUnderTest[]): string[] {
  const seen = timesSeen(apps);
  return calls.filter(({ status, id }) => status === 202 && !seen.has(id)).map(({ id }) => id);
}

/** What a broker says about the copies of messages for a role. */
export interface Account {
  /** Messages of that name that were accepted. */
  readonly accepted: number;
  /** Their copies that ended, by how. */
  readonly ended: Readonly<Record<string, number>>;
  /** Copies that an instance has, or that wait for one. */
  readonly open: number;
}

/** The broker's books on messages of a name from one role to the only role that receives it. */
export async function accountOf(admin: string, from: string, to: string, name: string): Promise<Account> {
  const samples = await metricsOf(admin);
  const prefix = `exocom_delivered_total{role="${to}",name="${name}",outcome="`;
  const ended = Object.fromEntries(
    [...samples].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length, -2), value]),
  );
  const gauge = (key: string) => samples.get(`${key}{role="${to}"}`) ?? 0;
  return {
    accepted: samples.get(`exocom_published_total{role="${from}",name="${name}",outcome="ok"}`) ?? 0,
    ended,
    open: gauge("exocom_queue_messages") + gauge("exocom_in_flight"),
  };
}

/** Copies that have ended for good: a retry is not the end of one. */
export function sumOfEnded({ ended: { retry: _, ...ended } }: Account): number {
  return Object.values(ended).reduce((sum, count) => sum + count, 0);
}

/** Waits until no copy for the role is open, and holds that each accepted one has ended in one way. Returns the account. */
export async function settledAccount(admin: string, from: string, to: string, name: string): Promise<Account> {
  const account = await eventually(
    `the copies for ${to} have ended`,
    async () => {
      const now = await accountOf(admin, from, to, name);
      return now.open === 0 && now;
    },
    20_000,
  );
  assert.equal(sumOfEnded(account), account.accepted, JSON.stringify(account));
  return account;
}

/** What apps were given, as their output says: a line `seen <id>` for each. */
export interface Seen {
  readonly ids: ReadonlySet<string>;
  readonly twice: readonly string[];
}

/** Reads the output of apps, or of the sidecars that run them. */
export function seenBy(...apps: readonly ProcessUnderTest[]): Seen {
  const ids = new Set<string>();
  const twice: string[] = [];
  for (const line of apps.flatMap(({ stdout }) => stdout)) {
    const [, id] = /^seen (.+)$/.exec(line) ?? [];
    if (id === undefined) continue;
    if (ids.has(id)) twice.push(id);
    ids.add(id);
  }
  return { ids, twice };
}

/** Those of the calls with this answer that no app has seen. */
export function unseen(calls: readonly Call[], status: number, { ids }: Seen): readonly Call[] {
  return calls.filter((call) => call.status === status && !ids.has(call.id));
}
