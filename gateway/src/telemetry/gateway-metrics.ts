import {
  PlainHistogram,
  plainCounter,
  plainGauge,
  plainHistogram,
  type Registry,
  registerTraffic,
} from "@exosphere/telemetry";

/** What outcomes of pushes are called in metrics: docs/reference/metrics.md has no others. The log tells why a message reached nobody. */
const outcomeLabels = {
  ok: "ok",
  not_allowed: "not_allowed",
  no_auth: "dropped",
  no_session: "dropped",
  returned: "retry",
  malformed: "dead",
} as const;

/** Counts what goes through a gateway, in plain numbers. */
export class GatewayCounts {
  readonly requests = new Map<string, Map<string, number>>();
  readonly seconds = new Map<string, PlainHistogram>();
  readonly frames = new Map<string, Map<string, number>>();
  readonly pushed = new Map<string, number>();

  /** A call was answered. */
  answered(route: string, status: number, seconds: number): void {
    count(this.requests, route, String(status));
    let histogram = this.seconds.get(route);
    if (!histogram) {
      histogram = new PlainHistogram();
      this.seconds.set(route, histogram);
    }
    histogram.record(seconds);
  }

  /** A frame of a WebSocket was dealt with. */
  handled(kind: string, failed: string | undefined): void {
    count(this.frames, kind, failed ?? "ok");
  }

  /** A message went to so many sessions, or to none. */
  push(outcome: keyof typeof outcomeLabels, times: number): void {
    const label = outcomeLabels[outcome];
    this.pushed.set(label, (this.pushed.get(label) ?? 0) + times);
  }
}

function count(totals: Map<string, Map<string, number>>, outer: string, inner: string): void {
  let counts = totals.get(outer);
  if (!counts) {
    counts = new Map();
    totals.set(outer, counts);
  }
  counts.set(inner, (counts.get(inner) ?? 0) + 1);
}

/** What is known of a key set that is fetched. */
export interface KeySetGauges {
  readonly fetches: { readonly ok: number; readonly failed: number };
  /** Seconds since the set in use was fetched; undefined if there is none. */
  readonly ageSeconds: number | undefined;
}

/** What a gateway's gauges show. */
export interface GatewayGauges {
  readonly clients: () => Readonly<Record<"websocket" | "sse", number>>;
  readonly waitingBytes: () => number;
  readonly sessions: () => number;
  readonly windowBytes: () => number;
  readonly awaited: () => number;
  readonly parked: () => number;
  readonly limiterKeys: () => number;
  readonly bodyBytes: () => number;
  readonly answerBytes: () => number;
  readonly limited: () => ReadonlyMap<string, number>;
  /** Refusals of each share, by the kind of part that was used up. */
  readonly refusedShares: () => readonly { readonly share: string; readonly refused: ReadonlyMap<string, number> }[];
  readonly remembered: () => { readonly size: number; readonly bytes: number };
  /** Refused tokens, by why. */
  readonly refusedTokens: () => ReadonlyMap<string, number>;
  /** The key set that is fetched from a URL, if there is one. */
  readonly keySet: () => KeySetGauges | undefined;
  readonly openRequests: () => number;
  readonly pending: () => { readonly messages: number; readonly bytes: number };
  readonly isAttached: () => boolean;
  readonly traffic: Parameters<typeof registerTraffic>[2];
}

/** Registers the gateway's metrics of docs/reference/metrics.md, and what is bounded in it. */
export function registerGatewayMetrics(registry: Registry, counts: GatewayCounts, gauges: GatewayGauges): void {
  const { pairs, singles, gauge } = makersFor(registry);
  pairs(
    "exo_gateway_requests_total",
    "Calls over HTTP, by what they were answered.",
    ["route", "code"],
    counts.requests,
  );
  plainHistogram({
    registry,
    name: "exo_gateway_request_seconds",
    help: "Time from a call to its answer; of event streams, how long they lasted.",
    labelNames: ["route"],
    collect: () => [...counts.seconds].map(([route, each]) => ({ labels: { route }, histogram: each.snapshot() })),
  });
  pairs(
    "exo_gateway_frames_total",
    "Frames of WebSockets, by what became of them.",
    ["kind", "outcome"],
    counts.frames,
  );
  singles(
    "exo_gateway_pushed_total",
    "Messages pushed to sessions, and those that could not be.",
    "outcome",
    () => counts.pushed,
  );
  singles("exo_gateway_limited_total", "Calls and frames beyond a limit, by whose it was.", "scope", gauges.limited);
  plainCounter({
    registry,
    name: "exo_gateway_share_refused_total",
    help: "What was turned away as its session, user, address or target, or all together (total), had its share.",
    labelNames: ["share", "part"],
    collect: () =>
      gauges
        .refusedShares()
        .flatMap(({ share, refused }) => [...refused].map(([part, value]) => ({ labels: { share, part }, value }))),
  });
  plainGauge({
    registry,
    name: "exo_gateway_clients",
    help: "Connected clients.",
    labelNames: ["transport"],
    collect: () => Object.entries(gauges.clients()).map(([transport, value]) => ({ labels: { transport }, value })),
  });
  gauge("exo_gateway_client_waiting_bytes", "Bytes that wait for clients which read slowly.", gauges.waitingBytes);
  gauge("exo_gateway_body_bytes", "Bytes of request bodies that are being read.", gauges.bodyBytes);
  gauge(
    "exo_gateway_unread_bytes",
    "Bytes of answers that wait for clients which do not read them.",
    gauges.answerBytes,
  );
  gauge("exo_gateway_sessions", "Sessions, connected or not.", gauges.sessions);
  gauge("exo_gateway_window_bytes", "Bytes that sessions can be caught up with.", gauges.windowBytes);
  gauge("exo_gateway_unconfirmed_messages", "Messages that wait for a client to confirm them.", gauges.awaited);
  gauge("exo_gateway_parked_messages", "Messages that wait for a client that is not known.", gauges.parked);
  gauge(
    "exo_gateway_limiter_keys",
    "Connections, sessions, users and addresses whose use is remembered.",
    gauges.limiterKeys,
  );
  gauge("exo_gateway_remembered_answers", "Answers that are remembered by their key.", () => gauges.remembered().size);
  gauge("exo_gateway_remembered_bytes", "Bytes of these answers.", () => gauges.remembered().bytes);
  gauge("exo_gateway_open_requests", "Requests that wait for their reply.", gauges.openRequests);
  gauge("exo_gateway_outbox_messages", "Messages that the broker has not confirmed.", () => gauges.pending().messages);
  gauge("exo_gateway_outbox_bytes", "Bytes that the broker has not confirmed.", () => gauges.pending().bytes);
  gauge("exo_gateway_connected", "1 while a broker has taken this gateway in.", () => Number(gauges.isAttached()));
  singles("exo_gateway_tokens_refused_total", "Tokens that were refused, by why.", "reason", gauges.refusedTokens);
  registerKeySet(registry, gauges.keySet);
  registerTraffic(registry, { prefix: "exo_gateway", links: "the link to the broker" }, gauges.traffic);
}

/** Makers of the usual kinds of metrics. */
function makersFor(registry: Registry) {
  const pairs = (
    name: string,
    help: string,
    labels: readonly [string, string],
    totals: Map<string, Map<string, number>>,
  ) => plainCounter({ registry, name, help, labelNames: labels, collect: () => flatten(labels, totals) });
  const singles = (name: string, help: string, label: string, totals: () => ReadonlyMap<string, number>) =>
    plainCounter({
      registry,
      name,
      help,
      labelNames: [label],
      collect: () => [...totals()].map(([key, value]) => ({ labels: { [label]: key }, value })),
    });
  const gauge = (name: string, help: string, measure: () => number) =>
    plainGauge({ registry, name, help, labelNames: [], collect: () => [{ labels: {}, value: measure() }] });
  return { pairs, singles, gauge };
}

function* flatten([outer, inner]: readonly [string, string], totals: Map<string, Map<string, number>>) {
  for (const [first, counts] of totals)
    for (const [second, value] of counts) yield { labels: { [outer]: first, [inner]: second }, value };
}

/** A set that cannot be fetched is seen by failures first, and by its age where the last one is still in use. */
function registerKeySet(registry: Registry, keySet: GatewayGauges["keySet"]): void {
  plainCounter({
    registry,
    name: "exo_gateway_jwks_fetches_total",
    help: "Fetches of the key set at --jwt-jwks-url.",
    labelNames: ["outcome"],
    collect: () => Object.entries(keySet()?.fetches ?? {}).map(([outcome, value]) => ({ labels: { outcome }, value })),
  });
  plainGauge({
    registry,
    name: "exo_gateway_jwks_age_seconds",
    help: "Time since the key set in use was fetched.",
    labelNames: [],
    collect: () => {
      const value = keySet()?.ageSeconds;
      return value === undefined ? [] : [{ labels: {}, value }];
    },
  });
}
