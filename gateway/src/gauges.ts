import type { ClientEdges } from "./client-edges.ts";
import type { Desk } from "./core/desk.ts";
import type { GatewaySessions } from "./sessions.ts";
import type { GatewayGauges } from "./telemetry/gateway-metrics.ts";
import type { FollowedVerifier } from "./tokens/followed-verifier.ts";
import type { Upstream } from "./upstream/upstream.ts";

/** What the metrics of a gateway are read from. */
export interface Measured {
  readonly desk: Desk;
  readonly sessions: GatewaySessions;
  readonly edges: ClientEdges;
  readonly link: Upstream["link"];
  readonly verifier: FollowedVerifier;
}

/** The present state of a gateway, for its metrics. */
export function gaugesOf({ desk, sessions, edges, link, verifier }: Measured): GatewayGauges {
  const { windows, awaited, parked, shares } = sessions;
  const { sockets, events } = edges;
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
