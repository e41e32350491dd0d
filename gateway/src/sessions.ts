import type { Log } from "@exosphere/telemetry";
import type { GatewayConfig } from "./config.ts";
import { AwaitedDeliveries } from "./core/awaited.ts";
import type { Settle } from "./core/bus.ts";
import { Deliveries } from "./core/deliveries.ts";
import type { Desk } from "./core/desk.ts";
import { IdempotentCalls } from "./core/idempotency.ts";
import { LateRefusals } from "./core/late-refusals.ts";
import { Limits } from "./core/limits.ts";
import { Parked } from "./core/parked.ts";
import type { Rights } from "./core/rights.ts";
import { noStore } from "./core/session-store.ts";
import { SessionTokens } from "./core/session-token.ts";
import { Sessions } from "./core/sessions.ts";
import { StreamCount } from "./core/stream-count.ts";
import { Tickets } from "./core/tickets.ts";
import { Windows } from "./core/windows.ts";
import { sharesOf } from "./shares.ts";
import type { SessionFile } from "./state/session-file.ts";
import { systemClock as clock } from "./system-clock.ts";
import type { GatewayCounts } from "./telemetry/gateway-metrics.ts";
import { newKey, readKey, secretsOf } from "./tokens/secrets.ts";

/** Bytes that wait in a connection before no more is written to it: what two round trips across an ocean carry. */
const maxWaitingBytes = 64 * 1024;

/** What sessions need. */
export interface SessionParts {
  readonly config: GatewayConfig;
  /** Where they are kept. Undefined: in memory alone. */
  readonly file: SessionFile | undefined;
  readonly settle: Settle;
  readonly rights: () => Rights;
  readonly counts: GatewayCounts;
  readonly log: Log;
}

/** Sessions, what is pushed to them, and the limits of their clients. */
export type GatewaySessions = ReturnType<typeof createSessions>;

/** Puts the sessions of a gateway together, with those that a process before this one has left in its file. */
export function createSessions({ config, file, settle, rights, counts, log }: SessionParts) {
  const store = file ?? noStore;
  const secrets = secretsOf(keyOf(config, file));
  const tokens = new SessionTokens(secrets);
  const windows = new Windows(
    {
      messages: config.windowMessages,
      bytes: config.windowBytes,
      timeMs: config.windowTime,
      totalBytes: config.windowsTotalBytes,
    },
    store,
  );
  const shares = sharesOf(config);
  const awaited = new AwaitedDeliveries(settle, config.ackTimeout, shares.confirmations);
  const parked = new Parked(config.absentWait, shares.absent);
  const sessions = new Sessions({
    tokens,
    windows,
    store,
    clock,
    ttlMs: config.sessionTtl,
    maxSessions: config.maxSessions,
    arrived: (session) => deliveries.arrived(session),
    left: (session, isKept) => deliveries.left(session, isKept),
  });
  const logForNobody = nobodyLog(log);
  const deliveries = new Deliveries({
    sessions,
    windows,
    store,
    awaited,
    parked,
    rights,
    settle,
    clock,
    pushed(outcome, { name, id }, times) {
      counts.push(outcome, times);
      if (outcome === "no_session")
        log.info({ messageName: name, id, outcome }, "a message from the bus reached no client");
      if (outcome === "no_auth") logForNobody(name);
    },
  });
  const isCertain = file?.takeCertainty();
  file?.read((session, messages) => {
    for (const message of messages) windows.restore(session, message);
    sessions.restore(session, isCertain);
  });
  const desk = {
    clock,
    sessions,
    tokens,
    store,
    limits: new Limits({ allowances: allowancesOf(config), burstSeconds: config.burst / 1000 }),
    lateRefusals: new LateRefusals(shares.refusals, clock),
    bodies: shares.bodies,
    answers: shares.answers,
    connections: new StreamCount(shares.streams, shares.users),
    tickets: new Tickets(secrets.random),
    calls: new IdempotentCalls<{ status: number; headers: Record<string, string>; body: string }>({
      ttlMs: config.idempotencyTtl,
      maxAnswers: config.idempotencyAnswers,
      maxBytes: config.idempotencyBytes,
    }) as Desk["calls"],
    feedLimits: { maxWaitingBytes, maxBacklogBytes: config.maxBacklog },
    maxPayloadBytes: config.maxPayload,
    maxSubscriptions: config.maxSubscriptions,
    pingMs: config.pingInterval,
    ttlMs: config.sessionTtl,
    confirm: deliveries.confirm.bind(deliveries),
  };
  const sweep = () => {
    const now = clock.now();
    sessions.sweep(now);
    windows.sweep(now);
    awaited.sweep(now);
    deliveries.sweep(now);
    desk.limits.sweep(now);
  };
  return { desk, windows, awaited, parked, deliveries, shares, sweep };
}

/**
 * Logs once for each name that messages without auth reach no client: it may be meant so, for every message of it. The names are those
 * of the routes, so that they are bounded.
 */
function nobodyLog(log: Log): (name: string) => void {
  const logged = new Set<string>();
  return (name) => {
    if (logged.has(name)) return;
    logged.add(name);
    log.info(
      { messageName: name },
      "a message without auth came from the bus: it goes to no client, as will all others like it",
    );
  };
}

function allowancesOf(config: GatewayConfig) {
  return {
    connection: { requests: config.connectionRequests, bytes: config.connectionBytes },
    session: { requests: config.sessionRequests, bytes: config.sessionBytes },
    user: { requests: config.userRequests, bytes: config.userBytes },
    address: { requests: config.addressRequests, bytes: config.addressBytes },
  };
}

function keyOf({ sessionKeyFile }: GatewayConfig, file: SessionFile | undefined): Uint8Array {
  if (sessionKeyFile !== undefined) return readKey(sessionKeyFile);
  return file?.fact("session-key", newKey) ?? newKey();
}
