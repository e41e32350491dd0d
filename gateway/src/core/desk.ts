import type { Share } from "@exosphere/collections";
import { maxNameBytes, Refusal } from "@exosphere/message";
import type { ClientSends } from "./client-sends.ts";
import type { Clock } from "./clock.ts";
import { Denied } from "./denied.ts";
import type { FeedLimits } from "./feed.ts";
import type { IdempotentCalls } from "./idempotency.ts";
import type { LateRefusals } from "./late-refusals.ts";
import type { Limits } from "./limits.ts";
import type { Session } from "./session.ts";
import type { SessionStore } from "./session-store.ts";
import type { SessionTokens } from "./session-token.ts";
import type { Sessions } from "./sessions.ts";
import type { StreamCount } from "./stream-count.ts";
import type { Tickets } from "./tickets.ts";
import type { User } from "./user.ts";

/** A remembered answer, of whatever edge gave it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What every edge needs to serve clients. */
export interface Desk {
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly tokens: SessionTokens;
  readonly store: SessionStore;
  readonly sends: ClientSends;
  readonly limits: Limits;
  readonly lateRefusals: LateRefusals;
  /** Bytes of request bodies that are being read. */
  readonly bodies: Share<"address">;
  /** Bytes of answers that wait for clients which do not read them. */
  readonly answers: Share<"address">;
  readonly connections: StreamCount;
  readonly tickets: Tickets;
  readonly calls: IdempotentCalls<Answer>;
  readonly feedLimits: FeedLimits;
  readonly maxPayloadBytes: number;
  readonly maxSubscriptions: number;
  readonly pingMs: number;
  readonly ttlMs: number;
  readonly isDraining: () => boolean;
  /** Resolves to the user that a token names. A refused token counts for the limits of `address`. Rejects with a Denied. */
  readonly verify: (token: string, address: string) => Promise<User>;
  /** A client has dealt with everything up to an offset. */
  readonly confirm: (session: Session, offset: number) => void;
}

/** The names of messages that a client wants; undefined: all. Throws a Denied if they are too many, a Refusal if one is none. */
export function wantedNames(
  names: readonly string[] | undefined,
  { maxSubscriptions }: Pick<Desk, "maxSubscriptions">,
): ReadonlySet<string> | undefined {
  if (names && names.length > maxSubscriptions)
    throw new Denied(
      "RATE_LIMITED",
      `At most ${maxSubscriptions} names can be subscribed to. Name fewer, or none for all.`,
      {
        facts: { limit: maxSubscriptions },
      },
    );
  // They are kept as long as the session is.
  if (names?.some((name) => name.length > maxNameBytes))
    throw new Refusal(`A name that is subscribed to has at most ${maxNameBytes} bytes, as those of messages have.`);
  return names && new Set(names);
}
