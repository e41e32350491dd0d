import { activityText } from "./message.ts";
import { ReplyStream } from "./reply-stream.ts";
import type { RoleIdentity } from "./role-identity.ts";
import { KeyedBound } from "./shared-bound.ts";
import type { TimerWheel } from "./timer-wheel.ts";

/** The requests with many replies that are open, by who asks and under which number. */
export class ReplyStreams {
  readonly #open = new Map<string, ReplyStream>();
  readonly #timers: TimerWheel;
  /** What each role has open. */
  readonly #bound: KeyedBound<RoleIdentity>;

  constructor(timers: TimerWheel, maxOpen: number) {
    this.#timers = timers;
    this.#bound = new KeyedBound(maxOpen);
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether a role may open no more, as it has as many open as are left for others. */
  isFullFor(role: RoleIdentity): boolean {
    return !this.#bound.of(role).hasRoom(1);
  }

  /** Opens one of a role, until `expiresAtMs` at the latest. */
  open(
    role: RoleIdentity,
    fields: Omit<ConstructorParameters<typeof ReplyStream>[0], "onClosed">,
    expiresAtMs: number,
  ): ReplyStream {
    const key = keyOf(fields.requester, fields.number);
    // A number that comes again while it is open: the requester has given up what it had before.
    this.#open.get(key)?.abandon();
    const part = this.#bound.of(role);
    const onClosed = () => {
      if (this.#open.delete(key)) part.add(-1);
    };
    const stream = new ReplyStream({ ...fields, onClosed });
    part.add(1);
    stream.timer = this.#timers.add(expiresAtMs, () => stream.abandon());
    this.#open.set(key, stream);
    return stream;
  }

  /** The stream that a reply is for. The activity must be that of the request, which nobody knows who made up a return path. */
  get(requester: number, number: number, activityId: Uint8Array): ReplyStream | undefined {
    if (this.#open.size === 0) return undefined;
    const stream = this.#open.get(keyOf(requester, number));
    return stream?.activity === activityText(activityId) ? stream : undefined;
  }

  /** Its requester takes no more. */
  abandon(requester: number, number: number): void {
    if (this.#open.size > 0) this.#open.get(keyOf(requester, number))?.abandon();
  }

  /** Ends all, telling nobody. */
  close(): void {
    for (const stream of [...this.#open.values()]) stream.close();
  }
}

function keyOf(requester: number, number: number): string {
  return `${requester} ${number}`;
}
