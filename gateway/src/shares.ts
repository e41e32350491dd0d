import { Share } from "@exosphere/collections";
import type { GatewayConfig } from "./config.ts";
import { type AwaitedKind, awaitedFractions } from "./core/awaited.ts";
import { type SendKind, sendFractions } from "./core/client-sends.ts";
import { CreditShare } from "./core/credit-share.ts";
import { type ParkedKind, parkedFractions } from "./core/parked.ts";

/**
 * Bytes of the messages that wait for confirmations, and as many of those for clients who are absent: together less than half
 * of what the broker gives an instance at once.
 */
const maxWaitingBytes = 16 * 1024 * 1024;

/** Connections beside those of streams: for calls. */
const spareConnections = 1_000;

/** Refusals that are answered a little later, at once: some KiB each. */
const maxLateRefusals = 4_000;

/** What all clients of a gateway use together, each with a part for one of them. */
export interface Shares {
  /** Messages that wait for a client to confirm them. */
  readonly confirmations: CreditShare<AwaitedKind>;
  /** Messages that wait for a client who is not known. */
  readonly absent: CreditShare<ParkedKind>;
  /** WebSockets and event streams. */
  readonly streams: Share<"address">;
  /** Those of users. */
  readonly users: Share<"user">;
  /** TCP connections, whatever they carry. Those of trusted proxies count for no address. */
  readonly connections: Share<"address">;
  /** Refusals by the limits that are answered a little later. */
  readonly refusals: Share<"address">;
  /** Bytes of request bodies that are being read. */
  readonly bodies: Share<"address">;
  /** Bytes of answers that wait for clients which do not read them. */
  readonly answers: Share<"address">;
  /** Requests that wait for their replies. */
  readonly requests: Share<SendKind>;
  /** Messages of clients that the broker has not confirmed. */
  readonly outbox: CreditShare<SendKind>;
}

/** The shares of a gateway's clients. */
export function sharesOf(config: GatewayConfig): Shares {
  const { maxPayload: leastBytes, maxUnsettled, maxOpenRequests, maxOutboxMessages, maxOutboxBytes } = config;
  // A quarter of the credit is left for what nobody has to wait for.
  return {
    confirmations: new CreditShare({
      maxMessages: maxUnsettled / 2,
      maxBytes: maxWaitingBytes,
      leastBytes,
      fractions: awaitedFractions,
    }),
    absent: new CreditShare({
      maxMessages: maxUnsettled / 4,
      maxBytes: maxWaitingBytes,
      leastBytes,
      fractions: parkedFractions,
    }),
    streams: new Share({ total: config.maxConnections, parts: { address: config.addressConnections } }),
    users: new Share({ total: config.maxConnections, parts: { user: config.userConnections } }),
    connections: new Share({
      total: config.maxConnections + spareConnections,
      parts: { address: config.addressTcpConnections },
    }),
    refusals: new Share({ total: maxLateRefusals, parts: { address: maxLateRefusals / 4 } }),
    bodies: new Share({
      total: config.maxBodyBytes,
      parts: { address: Math.max(config.addressBodyBytes, leastBytes) },
    }),
    // A reply is somewhat longer than its payload.
    answers: new Share({
      total: Math.max(config.maxAnswerBytes, 2 * leastBytes),
      parts: { address: Math.max(config.addressAnswerBytes, 2 * leastBytes) },
    }),
    requests: new Share({ total: maxOpenRequests, parts: partsOf(maxOpenRequests) }),
    outbox: new CreditShare({
      maxMessages: maxOutboxMessages,
      maxBytes: maxOutboxBytes,
      leastBytes,
      fractions: sendFractions,
    }),
  };
}

function partsOf(total: number): Readonly<Record<SendKind, number>> {
  const of = (kind: SendKind) => Math.max(1, Math.floor(total * sendFractions[kind]));
  return { session: of("session"), user: of("user"), address: of("address") };
}
