import type { Log } from "@exosphere/telemetry";
import type { SidecarConfig } from "./config.ts";
import type { Incoming } from "./core/bus.ts";
import { Consumer } from "./core/consumer.ts";
import type { MessageCompleter } from "./core/outgoing-message.ts";
import type { ReceivedMessages } from "./core/received.ts";
import type { Ending } from "./core/seat.ts";
import { AppInbound } from "./inbound/app-inbound.ts";
import { AppPort } from "./inbound/app-port.ts";
import type { IntakeGate } from "./intake-gate.ts";
import { SidecarSeats } from "./sidecar-seats.ts";
import { SocketHost } from "./socket/socket-host.ts";
import { outcomeLabels, type SidecarCounts } from "./telemetry/sidecar-metrics.ts";
import type { Upstream } from "./upstream/upstream.ts";

/** An answer of the app may have replies with payloads, and what surrounds them: 64 KiB, as for auth and ids on the bus. */
const answerOverheadBytes = 64 * 1024;

/** What the link gave, as it wants it back. */
type LinkIncoming = Parameters<Upstream["settle"]>[0];

/** What delivering to the app needs. */
export interface ConsumersOptions {
  readonly config: SidecarConfig;
  /** Where the app listens, if it does. */
  readonly app: URL | undefined;
  readonly upstream: Upstream;
  readonly received: ReceivedMessages;
  readonly completer: MessageCompleter;
  readonly counts: SidecarCounts;
  /** What the sidecar runs, for people. */
  readonly agent: string;
  readonly gate: IntakeGate;
  readonly log: Log;
}

/** The ways in which the app can take deliveries: at its own port, by WebSockets, by an inbox or by the unix socket. */
export type Consumers = ReturnType<typeof createConsumers>;

/** Everything by which the app can take deliveries. It takes them in one way at a time, by which it claimed them first. */
export function createConsumers(options: ConsumersOptions) {
  const { config, app, upstream, received, completer, gate } = options;
  const { link } = upstream;
  const onWindow = (window: number) => gate.want(window);
  const onPortWindow = (window: number) => {
    if (consumer.claim("http")) onWindow(window);
  };
  const port = new AppPort(() => app && createInbound(options, app, onPortWindow));
  const consumer = new Consumer({
    // Once claimed by anyone else, nobody shall look for the app's port any more.
    claimed: (kind) => kind !== "http" && port.close(),
    released: () => !gate.isClosed && port.open(),
  });
  const socket = createSocketHost(options, consumer, onWindow);
  const seating = {
    role: config.role,
    bus: link,
    completer,
    received,
    settle: (incoming: Incoming, ...how: [Ending, string?]) => upstream.settle(incoming as LinkIncoming, ...how),
    consumer,
    onWindow,
  };
  const webSockets = new SidecarSeats({ ...seating, kind: "websocket", max: config.maxWebsockets });
  const inbox = new SidecarSeats({ ...seating, kind: "inbox", max: 1 });
  port.open();
  return {
    port,
    socket,
    webSockets,
    inbox,
    /** Whether the app is there and takes deliveries. */
    get isReachable() {
      return [socket, webSockets, inbox, port.inbound].some((each) => each?.hasConsumer);
    },
    /** Whether the app gets messages as they came from the bus: the SDK parses what it is given. */
    get takesEnvelopes() {
      return consumer.kind === "socket";
    },
    /** Nothing is given to the app while it is exchanged, and it is not looked for: the next one may take its deliveries otherwise. */
    exchange() {
      // An app that was not found yet may come up meanwhile.
      if (consumer.kind !== undefined && consumer.kind !== "http") return;
      port.close();
      consumer.renew();
      gate.want(0);
    },
    /** Looks for the app anew, unless its port is looked for already, or it is there by a connection of its own. */
    exchanged() {
      if (port.inbound !== undefined || [socket, webSockets, inbox].some(({ hasConsumer }) => hasConsumer)) return;
      consumer.renew();
      port.open();
    },
    deliver(incoming: LinkIncoming) {
      if (consumer.kind === "http") port.inbound?.deliver(incoming);
      else if (consumer.kind === "websocket") webSockets.deliver(incoming);
      else if (consumer.kind === "inbox") inbox.deliver(incoming);
      else socket.deliver(incoming);
    },
  };
}

/** The way to the app's own port. */
function createInbound(
  { config, upstream, received, completer, counts, log }: ConsumersOptions,
  app: URL,
  onWindow: (window: number) => void,
) {
  return new AppInbound({
    app,
    received,
    completer,
    log,
    onWindow,
    healthPath: config.appHealth,
    isPortChosen: config.app === undefined,
    isExpected: () => config.appExpected && (upstream.link.names?.slice.receives.length ?? 0) > 0,
    concurrency: config.concurrency,
    maxAnswerBytes: config.maxPayload + answerOverheadBytes,
    maxPayloadBytes: config.maxPayload,
    bus: upstream.link,
    onFailing: upstream.link.setFailing,
    settle: (incoming, ...how) => upstream.settle(incoming as LinkIncoming, ...how),
    onHandled: (name, outcome, seconds) => counts.handled(name, outcomeLabels[outcome], seconds),
  });
}

/** The app's streams over the unix socket, before it is bound. */
function createSocketHost(
  { config, upstream, counts, agent, log }: ConsumersOptions,
  consumer: Consumer,
  onWindow: (window: number) => void,
) {
  const { link } = upstream;
  return new SocketHost({
    consumer,
    agent,
    log,
    onWindow,
    role: config.role,
    maxPayloadBytes: config.maxPayload,
    maxStreams: config.maxSocketStreams,
    maxUnreadBytes: config.maxUnreadBytes,
    bus: link,
    observer: {
      sent: (name, refused) => counts.sent(name, refused),
      answered: (name, seconds) => counts.answered(name, seconds),
      handled: (name, ending, seconds) => counts.handled(name, outcomeLabels[ending], seconds),
    },
    slice: () => link.names?.slice,
    settle: (incoming, ...how) => upstream.settle(incoming, ...how),
  });
}
