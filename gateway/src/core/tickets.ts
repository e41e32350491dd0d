/** How long a ticket is good, in milliseconds: an EventSource is opened at once. */
const ticketMs = 30_000;
/** Tickets at once. Past that the oldest is worth nothing any more. */
const maxTickets = 10_000;

/** Tickets for event streams: good once, and not for long, so that nothing of worth is in a URL. */
export class Tickets {
  readonly #random: (length: number) => string;
  readonly #open = new Map<string, { readonly token: string; readonly untilMs: number }>();

  constructor(random: (length: number) => string) {
    this.#random = random;
  }

  /** A ticket for a session. */
  issue(token: string, now: number): string {
    for (const [ticket, { untilMs }] of this.#open) {
      if (untilMs > now && this.#open.size < maxTickets) break;
      this.#open.delete(ticket);
    }
    const ticket = this.#random(32);
    this.#open.set(ticket, { token, untilMs: now + ticketMs });
    return ticket;
  }

  /** The session token that a ticket stands for. It is used up. */
  redeem(ticket: string, now: number): string | undefined {
    const found = this.#open.get(ticket);
    this.#open.delete(ticket);
    return found && found.untilMs > now ? found.token : undefined;
  }
}
