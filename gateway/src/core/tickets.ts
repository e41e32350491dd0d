import { FairEviction } from "@exosphere/collections";

/** How long a ticket is good, in milliseconds: an EventSource is opened at once. */
const ticketMs = 30_000;
/** Tickets at once. Beyond that, the oldest ticket of the owner with most of them is revoked. */
const maxTickets = 10_000;

/** Tickets for event streams: good once, and not for long, so that nothing of worth is in a URL. */
export class Tickets {
  readonly #random: (length: number) => string;
  readonly #open = new Map<string, { readonly token: string; readonly untilMs: number }>();
  readonly #owned = new FairEviction<string>();

  constructor(random: (length: number) => string) {
    this.#random = random;
  }

  /** A ticket for the session of a token. `owner`: whose share of the tickets it counts for. */
  issue(token: string, owner: string, now: number): string {
    for (const [ticket, { untilMs }] of this.#open) {
      if (untilMs > now) break;
      this.#remove(ticket);
    }
    const oldest = this.#open.size < maxTickets ? undefined : this.#owned.next();
    if (oldest !== undefined) this.#remove(oldest);
    const ticket = this.#random(32);
    this.#open.set(ticket, { token, untilMs: now + ticketMs });
    this.#owned.set(ticket, owner);
    return ticket;
  }

  /** The session token that a ticket stands for. It is used up. */
  redeem(ticket: string, now: number): string | undefined {
    const found = this.#open.get(ticket);
    this.#remove(ticket);
    return found && found.untilMs > now ? found.token : undefined;
  }

  #remove(ticket: string): void {
    this.#open.delete(ticket);
    this.#owned.delete(ticket);
  }
}
