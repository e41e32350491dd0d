import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { AcceptedTokens } from "@exosphere/http";
import type { Log, Tracing } from "@exosphere/telemetry";
import { type AppEdges, createAppEdges } from "./app-edges.ts";
import type { SidecarConfig } from "./config.ts";
import { type Consumers, createConsumers } from "./consumers.ts";
import { MessageCompleter } from "./core/outgoing-message.ts";
import { ReceivedMessages } from "./core/received.ts";
import { IntakeGate } from "./intake-gate.ts";
import { SidecarCounts } from "./telemetry/sidecar-metrics.ts";
import { Upstream } from "./upstream/upstream.ts";

/** How long the edge still answers after the bus was left, in milliseconds: to calls that were on their way to it. */
const lingerMs = 50;

/** What the sidecar has to say to the broker, and what the app has to say to it. */
interface Tokens {
  readonly attach: AcceptedTokens | undefined;
  readonly edge: AcceptedTokens | undefined;
}

/** What a sidecar is composed of. */
export interface SidecarParts {
  readonly config: SidecarConfig;
  /** Where the app listens, if it does. */
  readonly app: URL | undefined;
  readonly tokens: Tokens;
  /** What the sidecar runs, for people who look at the topology. */
  readonly agent: string;
  readonly tracer: Tracing["tracer"];
  readonly log: Log;
}

/** Everything of a sidecar but its ports. */
export function composeSidecar({ config, app, tokens, agent, tracer, log }: SidecarParts) {
  let isDraining = false;
  const received = createMemory(config);
  const completer = new MessageCompleter(received, randomUUID);
  // What takes deliveries needs the link to settle them, and the link needs it to deliver to.
  const upstream = new Upstream({
    ...attachingBy(config, tokens.attach),
    agent,
    tracer,
    log,
    onDelivery: (incoming) => {
      // It was on its way when the broker heard that no more are taken.
      if (gate.isClosed) upstream.settle(incoming, "returned");
      else consumers.deliver(incoming);
    },
    passesOn: () => consumers.takesEnvelopes,
    onMalformed: (name) => counts.malformed(name),
    onUnwanted: (number) => consumers.socket.unwanted(number),
    onStatus: (status) => consumers.socket.busChanged(status),
  });
  const { link } = upstream;
  const gate = new IntakeGate((window) => link.setWindow(window));
  const counts = new SidecarCounts((name) => upstream.isKnown(name));
  const consumers = createConsumers({
    config,
    app,
    upstream,
    received,
    completer,
    counts,
    agent,
    gate,
    log,
  });
  const edges = createAppEdges({ config, tokens: tokens.edge, upstream, completer, counts, log }, consumers);
  return {
    edge: edges.server,
    socket: consumers.socket,
    counts,
    gauges: { ...gaugesOf(upstream, consumers, received), ...edges.gauges },
    readiness: () => (isDraining ? "draining" : upstream.readiness),
    remarks: () => (gate.isHeld ? ["deliveries are held back until PUT /deliveries lets them in"] : []),
    intake: {
      get isHeld() {
        return gate.isHeld;
      },
      get underWay() {
        return upstream.unsettled.messages;
      },
      async hold(isHeld: boolean, deadline: AbortSignal) {
        gate.hold(isHeld);
        if (!isHeld) return consumers.exchanged();
        consumers.port.inbound?.giveBack();
        await upstream.idle(deadline);
        if (gate.isHeld && upstream.unsettled.messages === 0) consumers.exchange();
      },
    },
    /** Takes no new work, lets the app finish what it has, sends what it still says, and leaves the bus. */
    async drain(deadline: AbortSignal) {
      isDraining = true;
      gate.end();
      await drainInOrder(link, consumers, edges, deadline);
    },
    close() {
      edges.server.close();
      edges.server.closeAllConnections();
      edges.closeConsumers();
      consumers.socket.close();
      link.close();
      consumers.port.end();
    },
  };
}

function createMemory({ maxRememberedMessages: maxMessages, maxRememberedBytes: maxAuthBytes }: SidecarConfig) {
  return new ReceivedMessages({ maxMessages, maxAuthBytes });
}

/** To whom and as what the sidecar attaches. */
function attachingBy(config: SidecarConfig, tokens: AcceptedTokens | undefined) {
  const { broker: brokers, role, maxOutboxMessages, maxOutboxBytes, maxPayload: maxPayloadBytes } = config;
  return {
    brokers,
    role,
    maxOutboxMessages,
    maxOutboxBytes,
    maxPayloadBytes,
    ...(tokens && { token: () => tokens()[0] ?? "" }),
  };
}

function gaugesOf(upstream: Upstream, consumers: Consumers, received: ReceivedMessages) {
  const { link } = upstream;
  return {
    isAttached: () => link.isAttached,
    isAppReachable: () => consumers.isReachable,
    isAppSetAside: () => consumers.port.inbound?.isSetAside ?? false,
    pending: () => link.pending,
    traffic: () => link.traffic,
    received: () => received,
    inFlight: () => upstream.unsettled,
    socket: () => consumers.socket,
  };
}

/** Lets the app finish what it has, sends what it still says, and leaves the bus. */
async function drainInOrder(
  link: Upstream["link"],
  consumers: Consumers,
  edges: AppEdges,
  deadline: AbortSignal,
): Promise<void> {
  const { port, socket } = consumers;
  await Promise.all([port.inbound?.idle(deadline), socket.idled(deadline), edges.idled(deadline)]);
  // Calls of the app that wait for the bus are answered first. New ones get DRAINING.
  await link.drain(deadline);
  await pause(lingerMs);
  edges.server.close();
  socket.close();
  edges.closeConsumers();
}
