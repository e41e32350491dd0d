import type { ReturnPath } from "@exosphere/sdk/link";

/**
 * Whom the app's replies go to. The handle of a requester is good for one life of the broker, which the app's stream does
 * not know of: the app gets a number of this stream instead, which is good for nothing once the broker is another.
 */
export class ReturnPaths {
  #epoch = "";
  #last = 0;
  /** One entry for each instance that asked, in both directions. */
  readonly #given = new Map<number, number>();
  readonly #instances = new Map<number, number>();

  /** What stands for a requester on the app's stream. */
  give({ replyInstance, epoch }: ReturnPath): number {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#given.clear();
      this.#instances.clear();
    }
    const known = this.#given.get(replyInstance);
    if (known !== undefined) return known;
    this.#last += 1;
    this.#given.set(replyInstance, this.#last);
    this.#instances.set(this.#last, replyInstance);
    return this.#last;
  }

  /** The return path of a reply of the app. Undefined if it is none, or of an earlier life of the broker. */
  take(given: number, replyRequest: number): ReturnPath | undefined {
    const replyInstance = replyRequest === 0 ? undefined : this.#instances.get(given);
    return replyInstance === undefined ? undefined : { replyInstance, replyRequest, epoch: this.#epoch };
  }
}
