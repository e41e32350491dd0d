import { randomUUID } from "node:crypto";
import { type AcceptedTokens, endWithClient } from "@exosphere/http";
import type { TokenFiles } from "@exosphere/settings";
import type { Log, Tracing } from "@exosphere/telemetry";
import type { GatewayConfig } from "./config.ts";
import { AwaitedDeliveries } from "./core/awaited.ts";
import type { Settle } from "./core/bus.ts";
import { ClientSends } from "./core/client-sends.ts";
import type { Clock } from "./core/clock.ts";
import { Deliveries } from "./core/deliveries.ts";
import type { Desk } from "./core/desk.ts";
import { IdempotentCalls } from "./core/idempotency.ts";
import { LateRefusals } from "./core/late-refusals.ts";
import { Limits } from "./core/limits.ts";
import { Origins } from "./core/origins.ts";
import { Parked } from "./core/parked.ts";
import { Rights } from "./core/rights.ts";
import { closeCodes } from "./core/session.ts";
import { noStore, type SessionStore } from "./core/session-store.ts";
import { SessionTokens } from "./core/session-token.ts";
import { Sessions } from "./core/sessions.ts";
import { StreamCount } from "./core/stream-count.ts";
import { Tickets } from "./core/tickets.ts";
import { Windows } from "./core/windows.ts";
import { ClientAddresses } from "./http/client-address.ts";
import { ClientEdge } from "./http/client-edge.ts";
import { descriptionEndpoints } from "./http/description-endpoints.ts";
import { requestEndpoint, sendEndpoint } from "./http/message-endpoints.ts";
import { sessionEndpoints } from "./http/session-endpoints.ts";
import { InterfaceTexts } from "./interface-texts.ts";
import type { FoundRules } from "./rules/client-rules.ts";
import { type Shares, sharesOf } from "./shares.ts";
import { EventEdge } from "./sse/event-edge.ts";
import { SessionFile } from "./state/session-file.ts";
import { GatewayCounts, type GatewayGauges } from "./telemetry/gateway-metrics.ts";
import { chargedVerify } from "./tokens/charged-verify.ts";
import { FollowedVerifier } from "./tokens/followed-verifier.ts";
import { newKey, readKey, secretsOf } from "./tokens/secrets.ts";
import { Upstream } from "./upstream/upstream.ts";
import { SocketEdge } from "./websocket/socket-edge.ts";

/** What a gateway is made from. */
export interface GatewayParts {
  readonly config: GatewayConfig;
  readonly role: string;
  /** The token and key files of the process. */
  readonly tokenFiles: TokenFiles;
  /** Of which the first is given to the broker. */
  readonly attachTokens: AcceptedTokens | undefined;
  readonly agent: string;
  readonly version: string;
  readonly found: FoundRules;
  readonly tracer: Tracing["tracer"];
  readonly log: Log;
}

/** Bytes that wait in a connection before no more is written to it: what two round trips across an ocean carry. */
const maxWaitingBytes = 64 * 1024;

/** How often what has become too old is looked for, in milliseconds. */
const sweepMs = 500;

/** How long callers may take to read the last answers when the gateway ends, in milliseconds. */
const lastAnswersMs = 2_000;

const clock: Clock = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Everything of a gateway but its ports. Throws a SettingsError. */
export function composeGateway(parts: GatewayParts) {
  const { config, log } = parts;
  const addresses = new ClientAddresses(config.trustedProxies, (peer) =>
    log.warn(
      { peer },
      "X-Forwarded-For of this peer is not believed: all that it brings counts as one address. If it is your proxy, set --trusted-proxies. Told once",
    ),
  );
  const verifier = new FollowedVerifier(config, parts.tokenFiles, { log, now: clock.now });
  const counts = new GatewayCounts();
  let found = parts.found;
  let rights = new Rights(found.clients);
  let isDraining = false;
  // The link needs the deliveries to bring messages to, and these need the link to settle.
  let upstream: Upstream | undefined;
  const settle: Settle = (incoming, outcome, detail) => upstream?.settle(incoming, outcome, detail);
  const file = config.state === undefined ? undefined : openFile(config.state, log);
  const inner = createCore({ ...parts, store: file ?? noStore, file, settle, rights: () => rights, counts });
  upstream = createUpstream(parts, inner.deliveries, counts, () => texts.changed());
  const { link } = upstream;
  const texts = new InterfaceTexts({
    ...parts,
    found: () => found,
    rules: () => rights.rules,
    names: () => upstream.names,
  });
  const desk: Desk = {
    ...inner.desk,
    sends: new ClientSends({
      bus: link,
      rights: () => rights,
      now: clock.now,
      newId: randomUUID,
      newCallId: () => inner.desk.tokens.newCallId(),
      requests: inner.shares.requests,
      unconfirmed: inner.shares.outbox,
      isDraining: () => isDraining,
    }),
    isDraining: () => isDraining,
    verify: chargedVerify(verifier, inner.desk.limits, clock),
  };
  const edges = createEdges(parts, desk, { addresses, counts, texts, shares: inner.shares });
  link.setWindow(config.maxUnsettled);
  const sweep = setInterval(() => inner.sweep(), sweepMs);
  const close = () => {
    clearInterval(sweep);
    edges.close();
    link.close();
    file?.close();
  };
  return {
    clock,
    counts,
    server: edges.http.server,
    gauges: gaugesOf(desk, inner, edges, link, verifier),
    listensOn: (port: number) => texts.listensOn(port),
    readiness: () => (isDraining ? "draining" : (upstream?.readiness ?? "starting")),
    replaceRules(changed: FoundRules) {
      found = changed;
      rights = new Rights(changed.clients);
      texts.changed();
    },
    /** Takes nothing new, lets open requests end, sends every client away to come back, and leaves the bus. */
    async drain(deadline: AbortSignal) {
      isDraining = true;
      link.setWindow(0);
      inner.deliveries.drain();
      edges.events.close(closeCodes.restart, "the gateway shuts down: come back");
      await edges.sockets.idled(deadline);
      edges.sockets.close();
      // What nobody confirms any more is the next gateway's, or has failed.
      inner.awaited.close();
      file?.flush();
      await link.drain(deadline);
      if (!deadline.aborted) file?.drained();
      await edges.http.idled(AbortSignal.any([deadline, AbortSignal.timeout(lastAnswersMs)]));
      edges.http.server.close();
    },
    close,
  };
}

interface CoreParts extends GatewayParts {
  readonly store: SessionStore;
  readonly file: SessionFile | undefined;
  readonly settle: Settle;
  readonly rights: () => Rights;
  readonly counts: GatewayCounts;
}

/** Sessions and what is pushed to them. */
function createCore({ config, store, file, settle, rights, counts, log }: CoreParts) {
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

function createUpstream(
  { config, role, attachTokens, agent, tracer, log }: GatewayParts,
  deliveries: Deliveries,
  counts: GatewayCounts,
  onRoutes: () => void,
) {
  return new Upstream({
    brokers: config.broker,
    role,
    ...(attachTokens && { token: () => attachTokens()[0] ?? "" }),
    agent,
    maxOutboxMessages: config.maxOutboxMessages,
    maxOutboxBytes: config.maxOutboxBytes,
    maxPayloadBytes: config.maxPayload,
    tracer,
    log,
    onDelivery: (incoming) => deliveries.deliver(incoming),
    onMalformed: () => counts.push("malformed", 1),
    onRoutes,
  });
}

interface EdgeParts {
  readonly addresses: ClientAddresses;
  readonly counts: GatewayCounts;
  readonly texts: InterfaceTexts;
  readonly shares: Shares;
}

/** The ways in which clients come. */
function createEdges({ config, log }: GatewayParts, desk: Desk, { addresses, counts, texts, shares }: EdgeParts) {
  const events = new EventEdge(desk);
  const http = new ClientEdge({
    endpoints: [
      sendEndpoint,
      requestEndpoint,
      ...sessionEndpoints,
      {
        method: "GET",
        path: "/v1/events",
        route: "events",
        // What it gives belongs to a session, which only those can name who have its token. Pages that are served by the same
        // proxy as the gateway, without TLS, call it without saying where they come from.
        access: "read",
        handle: (exchange) => {
          // Also while its token is checked.
          endWithClient(exchange.response);
          exchange.identify((user) => {
            exchange.limit(undefined, user);
            events.open({ ...exchange, user });
          });
        },
      },
      ...descriptionEndpoints(texts),
    ],
    listensOn: config.host,
    hosts: config.allowHosts,
    origins: new Origins(config.allowOrigins),
    addresses,
    desk,
    connections: shares.connections,
    headersTimeoutMs: config.headersTimeout,
    requestTimeoutMs: config.requestTimeout,
    answered: (...answer) => counts.answered(...answer),
    log,
  });
  const sockets = new SocketEdge({
    desk,
    guard: (request) => http.refusalOf(request, "change"),
    addressOf: (request) => addresses.of(request),
    isCompressing: config.webSocketCompression,
    firstFrameMs: config.firstFrameTimeout,
    messageTimeoutMs: config.requestTimeout,
    handled: (...frame) => counts.handled(...frame),
    log,
  });
  sockets.serve(http.server);
  const close = () => {
    events.close(closeCodes.restart, "the gateway shuts down: come back");
    sockets.close();
    http.server.close();
    http.server.closeAllConnections();
  };
  return { http, events, sockets, close };
}

function gaugesOf(
  desk: Desk,
  { windows, awaited, parked, shares }: ReturnType<typeof createCore>,
  { sockets, events }: ReturnType<typeof createEdges>,
  link: Upstream["link"],
  verifier: FollowedVerifier,
): GatewayGauges {
  return {
    refusedTokens: () => verifier.refused,
    keySet: () => verifier.keySet,
    clients: () => ({ websocket: sockets.size, sse: events.size }),
    waitingBytes: () => sockets.waitingBytes + events.waitingBytes,
    sessions: () => desk.sessions.size,
    windowBytes: () => windows.bytes,
    awaited: () => awaited.size,
    parked: () => parked.size,
    limiterKeys: () => desk.limits.size,
    bodyBytes: () => shares.bodies.used,
    answerBytes: () => shares.answers.used,
    limited: () => desk.limits.refused,
    refusedShares: () => Object.entries(shares).map(([share, { refused }]) => ({ share, refused })),
    remembered: () => desk.calls,
    openRequests: () => desk.sends.openRequests,
    pending: () => link.pending,
    isAttached: () => link.isAttached,
    traffic: () => link.traffic,
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

/** Sessions that can no longer be kept as promised end the process: the next one starts from what is in the file. */
function openFile(path: string, log: Log): SessionFile {
  return new SessionFile(path, clock, (error) => {
    log.fatal({ err: error, state: path }, "the sessions can no longer be written: exiting");
    process.exit(1);
  });
}
