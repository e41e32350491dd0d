import type { ComposedBroker } from "@exosphere/broker";
import {
  type InboxEdge,
  type LimitGauges,
  registerSidecarMetrics,
  SidecarCounts,
  type WebSocketEdge,
} from "@exosphere/sidecar/edges";
import type { Registry } from "@exosphere/telemetry";
import type { Member } from "./member.ts";

/** Whose numbers the all-in-one shows beside those of the broker. */
export interface EdgeState extends Pick<LimitGauges, "connections" | "bodies"> {
  readonly counts: SidecarCounts;
  readonly webSockets: Pick<WebSocketEdge, "size" | "waitingBytes" | "refused">;
  readonly inbox: Pick<InboxEdge, "size" | "waitingBytes">;
  /** Everybody who is on the bus by an edge of this process. */
  readonly members: () => Iterable<Member>;
}

/** What goes over the edges, counted as a sidecar does, for all roles together. */
export function edgeCounts({ exocom }: Pick<ComposedBroker, "exocom">): SidecarCounts {
  let names = new Set<string>();
  let revision = -1;
  return new SidecarCounts((name) => {
    if (revision !== exocom.revision) {
      const routes = [...exocom.roles.values()].map(({ route }) => route);
      names = new Set(routes.flatMap(({ sends, receives }) => [...sends, ...receives.map((receive) => receive.name)]));
      revision = exocom.revision;
    }
    return names.has(name);
  });
}

/** Registers the metrics of broker and sidecar for a process that is both. */
export function registerExocomMetrics(registry: Registry, broker: ComposedBroker, state: EdgeState): void {
  broker.register(registry);
  registerSidecarMetrics(registry, state.counts, {
    isAttached: () => true,
    isAppReachable: () => state.webSockets.size + state.inbox.size > 0,
    isAppSetAside: () => false,
    pending: () => pendingOf(state.members()),
    webSockets: () => state.webSockets,
    inbox: () => state.inbox,
    connections: state.connections,
    bodies: state.bodies,
    received: () => receivedBy(state.members()),
    inFlight: () => inFlightAt(state.members()),
  });
}

function receivedBy(members: Iterable<Member>) {
  const sum = { size: 0, authBytes: 0 };
  for (const { received } of members) {
    sum.size += received.size;
    sum.authBytes += received.authBytes;
  }
  return sum;
}

function inFlightAt(members: Iterable<Member>) {
  const sum = { messages: 0, bytes: 0 };
  for (const { inFlight } of members) {
    sum.messages += inFlight.messages;
    sum.bytes += inFlight.bytes;
  }
  return sum;
}

function pendingOf(members: Iterable<Member>) {
  const sum = { messages: 0, bytes: 0, requests: 0 };
  for (const { bus } of members) {
    const { messages, bytes, requests } = bus.pending;
    sum.messages += messages;
    sum.bytes += bytes;
    sum.requests += requests;
  }
  return sum;
}
