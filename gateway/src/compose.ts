import { randomUUID } from "node:crypto";
import type { AcceptedTokens } from "@exosphere/http";
import type { TokenFiles } from "@exosphere/settings";
import type { Log, Tracing } from "@exosphere/telemetry";
import { createClientEdges } from "./client-edges.ts";
import type { GatewayConfig } from "./config.ts";
import type { Settle } from "./core/bus.ts";
import { ClientSends } from "./core/client-sends.ts";
import type { Deliveries } from "./core/deliveries.ts";
import type { Desk } from "./core/desk.ts";
import { Rights } from "./core/rights.ts";
import { closeCodes } from "./core/session.ts";
import { gaugesOf } from "./gauges.ts";
import { InterfaceTexts } from "./interface-texts.ts";
import type { FoundRules } from "./rules/client-rules.ts";
import { createSessions } from "./sessions.ts";
import { SessionFile } from "./state/session-file.ts";
import { systemClock } from "./system-clock.ts";
import { GatewayCounts } from "./telemetry/gateway-metrics.ts";
import { chargedVerify } from "./tokens/charged-verify.ts";
import { FollowedVerifier } from "./tokens/followed-verifier.ts";
import { Upstream } from "./upstream/upstream.ts";

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

/** How often what has become too old is looked for, in milliseconds. */
const sweepMs = 500;

/** How long callers may take to read the last answers when the gateway ends, in milliseconds. */
const lastAnswersMs = 2_000;

/** Everything of a gateway but its ports. Throws a SettingsError. */
export function composeGateway(parts: GatewayParts) {
  const { config, log } = parts;
  const verifier = new FollowedVerifier(config, parts.tokenFiles, { log, now: systemClock.now });
  const counts = new GatewayCounts();
  let found = parts.found;
  let rights = new Rights(found.clients);
  let isDraining = false;
  // The link needs the deliveries to bring messages to, and these need the link to settle.
  let upstream: Upstream | undefined;
  const settle: Settle = (incoming, outcome, detail) => upstream?.settle(incoming, outcome, detail);
  const file = config.state === undefined ? undefined : openFile(config.state, log);
  const sessions = createSessions({ config, file, settle, rights: () => rights, counts, log });
  upstream = createUpstream(parts, sessions.deliveries, counts, () => texts.changed());
  const { link } = upstream;
  const texts = new InterfaceTexts({
    ...parts,
    found: () => found,
    rules: () => rights.rules,
    names: () => upstream.names,
  });
  const desk: Desk = {
    ...sessions.desk,
    sends: new ClientSends({
      bus: link,
      rights: () => rights,
      now: systemClock.now,
      newId: randomUUID,
      newCallId: () => sessions.desk.tokens.newCallId(),
      requests: sessions.shares.requests,
      unconfirmed: sessions.shares.outbox,
      isDraining: () => isDraining,
    }),
    isDraining: () => isDraining,
    verify: chargedVerify(verifier, sessions.desk.limits, systemClock),
  };
  const edges = createClientEdges({ config, desk, counts, texts, shares: sessions.shares, log });
  link.setWindow(config.maxUnsettled);
  const sweep = setInterval(() => sessions.sweep(), sweepMs);
  const close = () => {
    clearInterval(sweep);
    edges.close();
    link.close();
    file?.close();
  };
  return {
    clock: systemClock,
    counts,
    server: edges.http.server,
    gauges: gaugesOf({ desk, sessions, edges, link, verifier }),
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
      sessions.deliveries.drain();
      edges.events.close(closeCodes.restart, "the gateway shuts down: come back");
      await edges.sockets.idled(deadline);
      edges.sockets.close();
      // What nobody confirms any more is the next gateway's, or has failed.
      sessions.awaited.close();
      file?.flush();
      await link.drain(deadline);
      if (!deadline.aborted) file?.drained();
      await edges.http.idled(AbortSignal.any([deadline, AbortSignal.timeout(lastAnswersMs)]));
      edges.http.server.close();
    },
    close,
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

/** Sessions that can no longer be kept as promised end the process: the next one starts from what is in the file. */
function openFile(path: string, log: Log): SessionFile {
  return new SessionFile(path, systemClock, (error) => {
    log.fatal({ err: error, state: path }, "the sessions can no longer be written: exiting");
    process.exit(1);
  });
}
