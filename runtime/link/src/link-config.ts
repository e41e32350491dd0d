import { type FlushSchedule, type MessageTracer, Traffic } from "@exosphere/frames";
import { type Clock, systemClock } from "./clock.ts";
import type { Dial } from "./dial.ts";
import type { Incoming } from "./incoming.ts";
import { dialByScheme } from "./socket-dial.ts";

/** What a link is told. */
export interface LinkOptions {
  /** Brokers to attach to, `host:port` or `unix:/path`, in order of preference: the next is tried where one is away. */
  readonly brokers: readonly string[];
  /** The role to play. */
  readonly role: string;
  /** Names this running copy for the life of the process. */
  readonly instanceId: string;
  /** The role's attach token, where the broker demands one, or what gives it at the moment: it is read for each attempt. */
  readonly token?: string | (() => string);
  /** How many unsettled deliveries to take. Default 0: none until `setWindow`. */
  readonly window?: number;
  /** What this process runs, for people who look at the topology. */
  readonly agent?: string;
  /** Messages that may wait for the broker's confirmation. */
  readonly maxOutboxMessages?: number;
  /** Bytes of the messages that may wait for the broker's confirmation. */
  readonly maxOutboxBytes?: number;
  /** How long an attempt to attach may take, in milliseconds, before the next broker is tried. */
  readonly attachTimeoutMs?: number;
  /** First pause before another attempt, in milliseconds. Doubles up to `maxBackoffMs`. */
  readonly minBackoffMs?: number;
  /** Longest pause between attempts, in milliseconds. */
  readonly maxBackoffMs?: number;
  /** Largest payload to expect, in bytes; the receive limit is derived from it. */
  readonly maxPayloadBytes?: number;
  /** Opens a connection. Default: gRPC, and on a unix socket the same frames without it. */
  readonly dial?: Dial;
  /** Counts what goes over the connections of this link. */
  readonly traffic?: Traffic;
  /** What deadlines and pauses are measured by. Default: the machine's time. */
  readonly clock?: Clock;
  /** Makes a span of each message that is sent, and of each that is handled. Default: nobody does. */
  readonly tracer?: MessageTracer | undefined;
  readonly schedule?: FlushSchedule;
  /**
   * Why a message must not be made into text, for processes that pass messages on as text: it is then settled as dead, and a
   * request that it answers fails. Asked once for each reply to `request`, and for each delivery unless `passesOn`. Default: whoever
   * reads a message parses it.
   */
  readonly textMistake?: (incoming: Incoming) => string | undefined;
  /** Whether deliveries are passed on with their envelopes still encoded, to a reader that parses them. */
  readonly passesOn?: () => boolean;
  /** Hears of each message of this role that was not taken, beside whoever sent it. */
  readonly onRefused?: (name: string, error: Error) => void;
}

type Optional = "schedule" | "onRefused" | "tracer" | "textMistake" | "passesOn";

/** A link's settings, complete. */
export type LinkConfig = Readonly<Required<Omit<LinkOptions, Optional>>> & Pick<LinkOptions, Optional>;

/** Fills in what was not said. */
export function linkConfig(options: LinkOptions): LinkConfig {
  return {
    token: "",
    window: 0,
    agent: "",
    // A second of a busy sender (10,000/s): longer, and its callers had better be told to wait.
    maxOutboxMessages: 10_000,
    // 10,000 messages of some 1.6 KiB, or 16 of the largest size.
    maxOutboxBytes: 16 * 1024 * 1024,
    // A broker across an ocean answers within one second, one that is black-holed never does.
    attachTimeoutMs: 5_000,
    // A broker that restarts is back within half a second: the first attempts come quickly.
    minBackoffMs: 50,
    // Nobody wants to wait longer for a broker that is back; with jitter, 1,000 sidecars make 500 attempts a second.
    maxBackoffMs: 2_000,
    // 1 MiB, as the broker takes by default: docs/limits.md.
    maxPayloadBytes: 1024 * 1024,
    dial: dialByScheme(),
    traffic: new Traffic(),
    clock: systemClock,
    ...options,
  };
}
