import type { Incoming, ReturnPath } from "./bus.ts";

/** What is kept of a message that the app received, so that a reply to it finds its way. */
export interface Received {
  /** Under the app's own name for it. */
  readonly name: string;
  readonly id: string;
  readonly activityId: string;
  readonly returnPath: ReturnPath | undefined;
  readonly auth: Uint8Array;
  /** Where its handling stands in a trace. */
  readonly traceparent: string;
  readonly tracestate: string;
  /** Until when a reply is of use, in milliseconds of the same clock as everywhere. */
  readonly dueMs: number;
  /** The delivery while the app handles it, undefined afterwards. */
  delivery: Incoming | undefined;
  /** Somebody waits for a reply to it, and none has named it. */
  isOwed: boolean;
  /** A message that named nothing was taken for the reply to it, and may have been. */
  isGuessed: boolean;
}

/** How much is remembered. */
export interface ReceivedLimits {
  /** Messages: each costs about 600 bytes. */
  readonly maxMessages: number;
  /** Bytes of `auth` and trace state that are remembered with them. */
  readonly maxAuthBytes: number;
}

/**
 * How an app is taken to reply to requests whose delivery it has settled. `later`: by a message, as on a WebSocket, so the next request
 * of an activity waits for it. `at once`: in its answer to the delivery, so nothing waits.
 */
export type ReplyHabit = "later" | "at once";

/** What is remembered where nobody says otherwise. */
export const defaultReceivedLimits: ReceivedLimits = {
  // Those of some seconds of a busy app.
  maxMessages: 10_000,
  // One has 64 KiB at the most; a token has some hundred bytes, a trace 55.
  maxAuthBytes: 16 * 1024 * 1024,
};

/**
 * What the app received of late. An app answers by `responseTo`, or just in the same activity; from here come the return
 * path and the `auth` that it need not know of.
 */
export class ReceivedMessages {
  /** All of them, as a ring: the next place to be taken holds the oldest. */
  readonly #all: (Received | undefined)[] = [];
  readonly #limits: ReceivedLimits;
  #next = 0;
  /** The oldest that is not forgotten. */
  #oldest = 0;
  #authBytes = 0;
  #size = 0;
  /** The latest of each id. */
  readonly #byId = new Map<string, Received>();
  /** Those that the app handles right now or owes a reply to, by activity, oldest first. */
  readonly #open = new Map<string, Received[]>();
  /** Those that nobody waits for and no message was taken for the answer to, by activity, oldest first. */
  readonly #unanswered = new Map<string, Received[]>();
  /** The latest of each activity that stands in a trace. */
  readonly #traced = new Map<string, Received>();
  /** Whether replies to requests of a name came by their activity alone; false: they named their request, or none ever came. */
  readonly #habits = new Map<string, boolean>();
  readonly #watchers = new Set<(activityId: string) => void>();

  constructor(limits: ReceivedLimits = defaultReceivedLimits) {
    this.#limits = limits;
  }

  /** Messages that are remembered. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of `auth` and trace state that are remembered with them. */
  get authBytes(): number {
    return this.#authBytes;
  }

  /** The app is given a message. */
  add(incoming: Incoming): Received {
    const { name, id, activityId, returnPath, dueMs, envelope } = incoming;
    const auth = new Uint8Array(envelope.auth);
    const isOwed = returnPath !== undefined;
    const { traceparent, tracestate } = envelope;
    const fields = { name, id, activityId, returnPath, dueMs, auth, traceparent, tracestate };
    const received: Received = { ...fields, delivery: incoming, isOwed, isGuessed: false };
    if (this.#all[this.#next]) this.#forgetOldest();
    this.#authBytes += bytesOf(received);
    while (this.#authBytes > this.#limits.maxAuthBytes && this.#oldest !== this.#next) this.#forgetOldest();
    this.#all[this.#next] = received;
    this.#next = (this.#next + 1) % this.#limits.maxMessages;
    this.#size += 1;
    this.#byId.set(id, received);
    push(this.#open, received);
    if (!isOwed) push(this.#unanswered, received);
    if (traceparent !== "") this.#traced.set(activityId, received);
    return received;
  }

  /** The app has answered the delivery. It may still reply to it. */
  handled(received: Received): void {
    received.delivery = undefined;
    if (!received.isOwed) remove(this.#open, received);
  }

  /** The app did not handle it, so there will be no reply. Late ones still find it by its id. */
  failed(received: Received): void {
    received.isOwed = false;
    this.handled(received);
    this.#tellAnswered(received);
  }

  /** The app replies to it, by its id or in its answer. */
  repliedTo(received: Received): void {
    const { name, delivery, isGuessed } = received;
    // It names what it replies to, so nothing need wait for its reply.
    if (!delivery && !isGuessed && !this.#habits.has(name)) this.#habits.set(name, false);
    received.isOwed = false;
    remove(this.#unanswered, received);
    if (!received.delivery) remove(this.#open, received);
    this.#tellAnswered(received);
  }

  /** Calls `listener` whenever a request of an activity is, or may be, answered, or has failed. Returns what calls that off. */
  watchAnswers(listener: (activityId: string) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  /**
   * Until when, at the latest, a reply in an activity would belong to a request that the app was given before, in milliseconds; 0 if
   * there is none. A request whose delivery is not settled does not count: the broker gives one at a time, or the app's own handler
   * waits for the next one.
   */
  blockedUntilMs(activityId: string, nowMs: number, habit: ReplyHabit): number {
    let untilMs = 0;
    for (const { name, isOwed, isGuessed, delivery, dueMs } of this.#open.get(activityId) ?? []) {
      if (!isOwed || isGuessed || delivery) continue;
      // Somebody else answers requests of this name: they need not be waited for.
      if (dueMs <= nowMs) this.#habits.set(name, this.#habits.get(name) ?? false);
      else if (this.#habits.get(name) ?? habit === "later") untilMs = Math.max(untilMs, dueMs);
    }
    return untilMs;
  }

  /** What has this id, in this activity if there is such a one. Ids are the apps' own: two of them may use the same. */
  byId(id: string, activityId?: string): Received | undefined {
    const open = activityId === undefined ? undefined : this.#open.get(activityId);
    return open?.findLast((received) => received.id === id) ?? this.#byId.get(id);
  }

  /**
   * What a message that names nothing may reply to: the latest request of its activity that is not replied to, else the
   * latest other message of it. A request that the app has answered, and after which came such a message already, gives
   * precedence to those before it. Where nobody waits, one message is the answer to one.
   */
  byActivity(activityId: string): Received | undefined {
    const open = this.#open.get(activityId);
    const found =
      open?.findLast(({ isOwed, isGuessed, delivery }) => isOwed && !(isGuessed && !delivery)) ??
      open?.findLast(({ isOwed }) => isOwed);
    if (!found) return this.#answerLatest(activityId);
    found.isGuessed = true;
    if (!found.delivery) this.#habits.set(found.name, true);
    this.#tellAnswered(found);
    return found;
  }

  /** The delivery that the app handles in an activity, the latest if there are several. */
  handling(activityId: string | undefined): Incoming | undefined {
    if (activityId === undefined) return undefined;
    return this.#open.get(activityId)?.findLast(({ delivery }) => delivery !== undefined)?.delivery;
  }

  /** What a message in an activity follows from: what the app was given last of it, handled or not, if that is traced. */
  tracedIn(activityId: string | undefined): Received | undefined {
    return activityId === undefined ? undefined : this.#traced.get(activityId);
  }

  /** Whether somebody waits, at `nowMs`, for a reply that the app has not sent. */
  owes(nowMs: number): boolean {
    for (const open of this.#open.values())
      if (open.some(({ isOwed, isGuessed, dueMs }) => isOwed && !isGuessed && dueMs > nowMs)) return true;
    return false;
  }

  #answerLatest(activityId: string): Received | undefined {
    const latest = this.#unanswered.get(activityId)?.at(-1);
    if (latest) remove(this.#unanswered, latest);
    return latest;
  }

  #tellAnswered({ activityId }: Received): void {
    for (const watcher of this.#watchers) watcher(activityId);
  }

  #forgetOldest(): void {
    const received = this.#all[this.#oldest];
    this.#all[this.#oldest] = undefined;
    this.#oldest = (this.#oldest + 1) % this.#limits.maxMessages;
    if (!received) return;
    this.#size -= 1;
    this.#authBytes -= bytesOf(received);
    if (this.#byId.get(received.id) === received) this.#byId.delete(received.id);
    if (this.#traced.get(received.activityId) === received) this.#traced.delete(received.activityId);
    remove(this.#open, received);
    remove(this.#unanswered, received);
  }
}

/** Messages by their activities, each list oldest first. */
type ByActivity = Map<string, Received[]>;

function push(lists: ByActivity, received: Received): void {
  const list = lists.get(received.activityId);
  if (list) list.push(received);
  else lists.set(received.activityId, [received]);
}

/** Whether it was there. The latest and the oldest go at once, as nearly always it is one of them. */
function remove(lists: ByActivity, received: Received): boolean {
  const list = lists.get(received.activityId);
  if (!list) return false;
  const index = list[0] === received ? 0 : list.lastIndexOf(received);
  if (index === -1) return false;
  if (list.length === 1) lists.delete(received.activityId);
  else if (index === 0) list.shift();
  else list.splice(index, 1);
  return true;
}

function bytesOf({ auth, traceparent, tracestate }: Received): number {
  return auth.byteLength + traceparent.length + tracestate.length;
}
