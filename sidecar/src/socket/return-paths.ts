import type { ReturnPath } from "@exosphere/link";

/** Lives of brokers whose requesters are known: the one attached to, and those that were left for it a moment ago. */
const maxEpochs = 4;

/** A requester, as the bus knows it. */
type Requester = Pick<ReturnPath, "replyInstance" | "epoch">;

/**
 * Whom the app's replies go to. The handle of a requester is good for one life of a broker, which the app's stream does not
 * know of: the app gets a number of this stream instead, which is good for nothing once that broker is long gone.
 */
export class ReturnPaths {
  #last = 0;
  /** What was given for each requester, by the life of the broker, the latest last. */
  readonly #epochs = new Map<string, Map<number, number>>();
  /** One entry for each instance that asked. */
  readonly #requesters = new Map<number, Requester>();

  /** What stands for a requester on the app's stream. */
  give({ replyInstance, epoch }: ReturnPath): number {
    const given = this.#epochs.get(epoch) ?? this.#newEpoch(epoch);
    const known = given.get(replyInstance);
    if (known !== undefined) return known;
    this.#last += 1;
    given.set(replyInstance, this.#last);
    this.#requesters.set(this.#last, { replyInstance, epoch });
    return this.#last;
  }

  /** The return path of a reply of the app. Undefined if it is none, or of a life of a broker that is long gone. */
  take(given: number, replyRequest: number): ReturnPath | undefined {
    const requester = replyRequest === 0 ? undefined : this.#requesters.get(given);
    return requester && { replyInstance: requester.replyInstance, epoch: requester.epoch, replyRequest };
  }

  #newEpoch(epoch: string): Map<number, number> {
    const given = new Map<number, number>();
    this.#epochs.set(epoch, given);
    const [oldest] = this.#epochs;
    if (this.#epochs.size > maxEpochs && oldest) {
      this.#epochs.delete(oldest[0]);
      for (const each of oldest[1].values()) this.#requesters.delete(each);
    }
    return given;
  }
}
