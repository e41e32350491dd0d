import type { AttachRequest } from "@exosphere/proto";
import { slicesOf, weightOf } from "./frame-slices.ts";

/** What one stream may have worked on in a turn of the event loop at once, in publishes: what an SDK with 512 requests in flight sends. */
const turnWeightOfStream = 512;

/** The same for all streams together: some 20 ms, after which a turn does not get longer. */
const turnWeight = 2048;

/** What a stream has had worked on in a turn. */
interface Spent {
  turn: number;
  weight: number;
}

/** A stream whose frames are worked on in turns. */
export interface TurnTaker {
  /** Whose turn it is: streams of one owner share the turns of one, however many they are. */
  readonly owner: string;
  /** For FairTurns alone. To begin with, all of it is 0. */
  readonly spent: Spent;
  /** Works on a frame, or a slice of one. */
  work(frame: AttachRequest): void;
  /** The frame that waited is through: the next one may come. */
  through(): void;
}

/** What is left of a frame that waits. */
type Slices = Generator<AttachRequest, void>;

/**
 * Shares the event loop among streams. A frame is worked on at once, as long as its stream has not had more than its part of the turn;
 * what is beyond it waits in slices of some milliseconds, one of which runs in each turn, of one owner after the other. So a stream that
 * floods takes what the others leave, and they wait for one slice, not for all that it sends.
 */
export class FairTurns {
  /** Streams whose frame waits, with what is left of it, by owner. The owner whose turn comes next is the first. */
  readonly #waiting = new Map<string, Map<TurnTaker, Slices>>();
  #turn = 0;
  #weight = 0;
  #isTurnOpen = false;
  #isScheduled = false;

  /** Streams whose frame waits for its turn. */
  get size(): number {
    let sum = 0;
    for (const takers of this.#waiting.values()) sum += takers.size;
    return sum;
  }

  /** Works on a frame at once. False: it waits for its turn, and no further one of the stream may come until it is through. */
  take(taker: TurnTaker, frame: AttachRequest): boolean {
    const weight = weightOf(frame);
    const spent = this.#spentBy(taker);
    const before = this.#waiting.size > 0 ? this.#waiting.get(taker.owner)?.get(taker) : undefined;
    if (before || spent.weight + weight > turnWeightOfStream || this.#weight + weight > turnWeight) {
      this.#wait(taker, before ? oneAfterAnother(before, slicesOf(frame)) : slicesOf(frame));
      return false;
    }
    this.#spend(spent, weight);
    taker.work(frame);
    return true;
  }

  /** A stream has ended: what waits of it is dropped. */
  drop(taker: TurnTaker): void {
    const { owner } = taker;
    const takers = this.#waiting.get(owner);
    takers?.delete(taker);
    if (takers?.size === 0) this.#waiting.delete(owner);
  }

  #spentBy({ spent }: TurnTaker): Spent {
    if (spent.turn !== this.#turn) {
      spent.turn = this.#turn;
      spent.weight = 0;
    }
    return spent;
  }

  /** Where little is sent, what was spent is not forgotten at the end of each turn: to hear of that costs as much as a message. */
  #spend(spent: Spent, weight: number): void {
    spent.weight += weight;
    this.#weight += weight;
    const isMuch = spent.weight > turnWeightOfStream / 2 || this.#weight > turnWeight / 2;
    if (isMuch && !this.#isTurnOpen) this.#endTurnLater();
  }

  #endTurnLater(): void {
    this.#isTurnOpen = true;
    setImmediate(() => {
      this.#isTurnOpen = false;
      this.#turn += 1;
      this.#weight = 0;
    });
  }

  #wait(taker: TurnTaker, slices: Slices): void {
    const takers = this.#waiting.get(taker.owner) ?? new Map<TurnTaker, Slices>();
    this.#waiting.set(taker.owner, takers.set(taker, slices));
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#runNext();
      this.#schedule();
    });
  }

  /** Runs a slice of the stream that is next of the owner that is next, and has both wait behind the others again. */
  #runNext(): void {
    const [next] = this.#waiting;
    if (!next) return;
    const [owner, takers] = next;
    const [[taker, slices]] = takers as unknown as [[TurnTaker, Slices]];
    this.#waiting.delete(owner);
    takers.delete(taker);
    const { value, done } = slices.next();
    if (!done) takers.set(taker, slices);
    if (takers.size > 0) this.#waiting.set(owner, takers);
    if (done) return taker.through();
    this.#spend(this.#spentBy(taker), weightOf(value));
    taker.work(value);
  }
}

/** One frame came behind another that waits still: it must not overtake it. */
function* oneAfterAnother(first: Slices, second: Slices): Slices {
  yield* first;
  yield* second;
}
