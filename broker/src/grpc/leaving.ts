import { ExoError } from "@exosphere/proto";
import type { Clock } from "../core/clock.ts";
import type { Exocom } from "../core/exocom.ts";
import type { AttachSession } from "./attach-session.ts";

/** How far apart instances are asked to move on average, in milliseconds: a broker takes in some hundred a second with ease. */
const moveSpacingMs = 5;

/** The part of the time for a move over which the asking is spread at the most. */
const moveSpreadPart = 1 / 8;

/** The part of the grace after which a broker that drains takes no more messages from instances that have not moved. */
const takingPart = 1 / 2;

/** How often a broker that drains looks whether it is done, in milliseconds. What expires tells nobody. */
const idleLookMs = 10;

/** How a broker has its instances attach elsewhere, and when it is done with that. */
export class Leaving {
  readonly #exocom: Pick<Exocom, "startDraining" | "isIdle">;
  readonly #clock: Clock;
  readonly #sessions: ReadonlySet<AttachSession>;
  #isDraining = false;
  #isTaking = true;
  /** Instances that are still to be asked to move. */
  #toBeAsked = 0;

  /** `sessions` are those of the broker, as they come and go. */
  constructor(exocom: Pick<Exocom, "startDraining" | "isIdle">, clock: Clock, sessions: ReadonlySet<AttachSession>) {
    this.#exocom = exocom;
    this.#clock = clock;
    this.#sessions = sessions;
  }

  /** Whether no more instances are taken. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Takes no more instances from now on. */
  begin(): void {
    this.#isDraining = true;
  }

  /**
   * Asks every instance to attach elsewhere within `withinMs`: one after the other in random order, so that they do not all
   * come to the next broker at once.
   */
  askToMove(withinMs: number, random: () => number = Math.random): void {
    const sessions = [...this.#sessions].filter(({ instance }) => instance);
    // One alone is asked at once.
    const spreadMs = Math.min(withinMs * moveSpreadPart, (sessions.length - 1) * moveSpacingMs);
    for (const session of sessions) {
      const delayMs = random() * spreadMs;
      this.#toBeAsked += 1;
      this.#clock.after(delayMs, () => {
        this.#toBeAsked -= 1;
        session.move(withinMs - delayMs);
      });
    }
  }

  /**
   * Takes no more instances, asks all to attach elsewhere, and waits until they have and what is under way is settled, or
   * until `deadline` fires. The streams are left open. Messages are taken from those that have not moved yet for half of
   * `withinMs`.
   */
  async drain(deadline: AbortSignal, withinMs: number): Promise<void> {
    const clock = this.#clock;
    this.begin();
    this.askToMove(withinMs);
    const cancelRefusing = clock.after(withinMs * takingPart, () => {
      this.#isTaking = false;
      this.#exocom.startDraining();
    });
    let cancelLook = () => {};
    await new Promise<void>((resolve) => {
      const look = () => {
        if (deadline.aborted || this.#isDone()) resolve();
        else cancelLook = clock.after(idleLookMs, look);
      };
      deadline.addEventListener("abort", () => resolve(), { once: true });
      look();
    });
    cancelLook();
    cancelRefusing();
  }

  #isDone(): boolean {
    if (this.#toBeAsked > 0 || !this.#exocom.isIdle) return false;
    return !this.#isTaking || [...this.#sessions].every(({ isToMove }) => !isToMove);
  }
}

/** What those hear who come to a broker that drains. */
export function draining(): ExoError {
  return new ExoError("DRAINING", "This broker is shutting down. Attach elsewhere, or later.");
}
