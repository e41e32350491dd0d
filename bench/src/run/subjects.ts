import type { Cast } from "./cast.ts";
import type { Peer } from "./peers.ts";
import { manyRoutes } from "./routes.ts";
import * as stages from "./stages.ts";

/** What is done in all subjects of a group, so that they can be compared. */
export type Group = "request" | "send" | "fan-out" | "routes";

/** Something that is measured. */
export interface Subject {
  readonly id: string;
  /** For people. */
  readonly title: string;
  readonly group: Group;
  /** The one of another house, which need not be installed. */
  readonly peer?: Peer;
  /** Starts its processes. */
  readonly start: (cast: Cast) => Promise<stages.Stage>;
}

const asking: readonly Omit<Subject, "group">[] = [
  { id: "sdk-sidecars", title: "SDK, two sidecars", start: stages.sdkThroughSidecars },
  { id: "http-sidecars", title: "HTTP, two sidecars", start: stages.httpThroughSidecars },
  { id: "sdk-broker", title: "SDK, straight to the broker", start: stages.sdkStraight },
  { id: "relay-3", title: "bare relay, three hops", start: (cast) => stages.relay(cast, 3, asked) },
  { id: "relay-1", title: "bare relay, one hop", start: (cast) => stages.relay(cast, 1, asked) },
  { id: "http-proxy", title: "bare HTTP proxy", start: stages.proxied },
  { id: "grpc-unary", title: "grpc-js unary, three hops", start: stages.unary },
  { id: "nats", title: "NATS", peer: "nats", start: stages.nats },
  {
    id: "moleculer-nats",
    title: "Moleculer, NATS",
    peer: "moleculer-nats",
    start: (cast) => stages.moleculer(cast, "nats"),
  },
  {
    id: "moleculer-tcp",
    title: "Moleculer, TCP",
    peer: "moleculer-tcp",
    start: (cast) => stages.moleculer(cast, "tcp"),
  },
];

const sending: readonly Omit<Subject, "group">[] = [
  { id: "send-broker", title: "SDK, straight to the broker", start: (cast) => stages.tellStraight(cast, 1) },
  { id: "send-sidecars", title: "SDK, two sidecars", start: stages.tellThroughSidecars },
  { id: "send-http", title: "HTTP, one by one", start: (cast) => stages.tellByHttp(cast, "http.sender") },
  { id: "send-bulk", title: "HTTP, NDJSON", start: (cast) => stages.tellByHttp(cast, "http.bulkSender") },
  { id: "send-relay", title: "bare relay, one hop", start: (cast) => stages.relay(cast, 1, told) },
  { id: "send-nats", title: "NATS, flushed", peer: "nats", start: (cast) => stages.tellByNats(cast, 1) },
];

const asked = ["relay.replier", "relay.requester"] as const;
const told = ["relay.receiver", "relay.sender"] as const;

const fanningOut = [1, 3, 10].flatMap((copies): Omit<Subject, "group">[] => [
  { id: `fan-${copies}`, title: `SDK, to ${copies}`, start: (cast) => stages.tellStraight(cast, copies) },
  {
    id: `fan-nats-${copies}`,
    title: `NATS, to ${copies}`,
    peer: "nats",
    start: (cast) => stages.tellByNats(cast, copies),
  },
]);

const routed: readonly Omit<Subject, "group">[] = [
  { id: "routes-few", title: "SDK, 2 roles", start: stages.sdkStraight },
  { id: "routes-many", title: "SDK, 1,000 roles", start: (cast) => stages.sdkStraight(cast, manyRoutes()) },
];

/** Everything that is measured, in the order of the table. */
export const subjects: readonly Subject[] = [
  ...asking.map((subject) => ({ ...subject, group: "request" as const })),
  ...sending.map((subject) => ({ ...subject, group: "send" as const })),
  ...fanningOut.map((subject) => ({ ...subject, group: "fan-out" as const })),
  ...routed.map((subject) => ({ ...subject, group: "routes" as const })),
];
