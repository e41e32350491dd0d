import type { Clock, Incoming } from "@exosphere/link";
import { PacedWarning } from "@exosphere/link";
import type { Log } from "../client/log.ts";

/** How often a warning about one message is logged, in milliseconds: often enough to be seen, and no flood. */
const everyMs = 10_000;

/** What went wrong with handlers where nobody else would say so, at most once in ten seconds for each message. */
export class HandlerWarnings {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #warnings: PacedWarning;

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
    this.#warnings = new PacedWarning({ everyMs, nowMs: () => clock.nowMs() });
  }

  /** A message has come that nobody handles. */
  withoutHandler(incoming: Incoming, detail: string): void {
    const advice = "Add one, or remove the message from the receives of service.yml.";
    this.#warn(`no handler: ${incoming.name}`, incoming, {}, () => `${detail} ${advice}`);
  }

  /** A handler works past the deadline of its message, as `overdue` of them do. `isPlaceGiven`: its place goes to another. */
  overdue(incoming: Incoming, overdue: number, isPlaceGiven: boolean): void {
    const seconds = ((this.#clock.nowMs() - incoming.cameMs) / 1_000).toFixed(1);
    const outcome = isPlaceGiven
      ? "The message failed, and its place goes to another."
      : `${overdue} handlers hang, so no place is given back any more: restart this process.`;
    this.#warn(
      `overdue: ${incoming.name}`,
      incoming,
      { overdue },
      () =>
        `The handler of '${incoming.name}' has worked for ${seconds} s, past the deadline of its message. ${outcome} ` +
        "Look for what never settles, and give context.signal to what it waits for.",
    );
  }

  #warn(key: string, { name, id, activityId }: Incoming, more: object, text: () => string): void {
    const messages = this.#warnings.due(key);
    if (messages !== undefined) this.#log.warn({ messageName: name, id, activityId, messages, ...more }, text());
  }
}
