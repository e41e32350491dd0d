/**
 * Replies of one handler that their requester may have without having dealt with them. Enough for a network's round trip, and
 * few enough that 16 MiB of the largest payloads are not exceeded by much.
 */
const maxUnderWay = 64;

/** Keeps the replies of a handler to the pace of whoever takes them. */
export class ReplyPace {
  #underWay = 0;
  #refused: Error | undefined;
  #isOver = false;
  #wake: (() => void) | undefined;

  /** Counts one reply. Returns what is to be called when it is accepted, or refused. */
  started(): (error: Error | undefined) => void {
    this.#underWay += 1;
    return (error) => {
      this.#underWay -= 1;
      this.#refused ??= error;
      this.#wake?.();
    };
  }

  /** Nobody takes any more: nothing is waited for. */
  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  /** Resolves when another reply may be sent: false if none may. Rejects if one was refused. */
  room(): Promise<boolean> {
    return this.#until(() => this.#underWay < maxUnderWay);
  }

  /** Resolves when all are dealt with. Rejects if one was refused. */
  through(): Promise<boolean> {
    return this.#until(() => this.#underWay === 0);
  }

  /** Resolves when all are dealt with, or one was refused. */
  async settled(): Promise<void> {
    try {
      await this.through();
    } catch {
      // Whoever sends the next one hears of it.
    }
  }

  async #until(isSo: () => boolean): Promise<boolean> {
    while (!this.#isOver && this.#refused === undefined && !isSo())
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    if (this.#isOver) return false;
    if (this.#refused) throw this.#refused;
    return true;
  }
}
