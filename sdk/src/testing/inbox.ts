import { longestTimerMs } from "@exosphere/link";
import type { Message } from "../client/message.ts";
import type { CallSite } from "./call-site.ts";
import { machineTimers } from "./machine-timers.ts";
import { listed, shown } from "./unexpected.ts";

/** Messages that one played role remembers. Beyond it the oldest are forgotten: a mock that nobody resets must not grow. */
const maxMessages = 10_000;

/** A test that waits for a message. */
interface Waiter {
  readonly name: string;
  readonly where: (message: Message) => boolean;
  readonly take: (message: Message) => void;
  readonly fail: (error: unknown) => void;
}

/** How to wait for a message. */
export interface WaitOptions<Waited extends Message = Message> {
  /** How long to wait, in milliseconds of the machine's time. Default: the bus's `withinMs`. */
  readonly withinMs?: number | undefined;
  /** Which of the messages of this name. Default: the first that was not taken yet. */
  readonly where?: ((message: Waited) => boolean) | undefined;
}

/** How long to wait for which message. */
export type BoundedWait = WaitOptions & { readonly withinMs: number };

/** What a played role has received. */
export class Inbox {
  readonly #role: string;
  readonly #isTaken = new Set<Message>();
  #messages: Message[] = [];
  readonly #waiters = new Set<Waiter>();

  constructor(role: string) {
    this.#role = role;
  }

  /** All messages, oldest first. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  add(message: Message): void {
    this.#messages.push(message);
    if (this.#messages.length > maxMessages) this.#isTaken.delete(this.#messages.shift() as Message);
    for (const waiter of this.#waiters) {
      if (!isFor(waiter, message)) continue;
      this.#isTaken.add(message);
      return waiter.take(message);
    }
  }

  /** The next message of a name that nobody took. `more` says, if none comes, what else is known. */
  next(name: string, wait: BoundedWait, site: CallSite, more: () => string): Promise<Message> {
    const { withinMs, where = () => true } = wait;
    const there = this.#messages.find((each) => each.name === name && !this.#isTaken.has(each) && where(each));
    if (there) {
      this.#isTaken.add(there);
      return Promise.resolve(there);
    }
    return new Promise((resolve, reject) => {
      const ended = () => {
        machineTimers.clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        name,
        where,
        take: (message) => {
          ended();
          resolve(message);
        },
        fail: (error) => {
          ended();
          reject(error);
        },
      };
      const tooLate = () => waiter.fail(site.failure(`${this.#nothing(name, withinMs)}${more()}`));
      const timer = machineTimers.setTimeout(tooLate, Math.min(withinMs, longestTimerMs));
      this.#waiters.add(waiter);
    });
  }

  /** Forgets what came. Whoever still waits would take what is meant for the next test. */
  reset(): void {
    for (const waiter of this.#waiters)
      waiter.fail(new Error(`The bus was reset while a test waited for '${waiter.name}' at role '${this.#role}'.`));
    this.#messages = [];
    this.#isTaken.clear();
  }

  #nothing(name: string, withinMs: number): string {
    const came = this.#messages.map(
      (each) => `'${each.name}' ${shown(each.payload)}${this.#isTaken.has(each) ? ", which was taken before" : ""}`,
    );
    const others = came.length === 0 ? " Nothing else came either." : ` What came:${listed(came)}`;
    return `No '${name}' came to role '${this.#role}' within ${withinMs} ms.${others}`;
  }
}

/** What a test's own function throws is the test's to hear, not the sender's. */
function isFor(waiter: Waiter, message: Message): boolean {
  if (waiter.name !== message.name) return false;
  try {
    return waiter.where(message);
  } catch (error) {
    waiter.fail(error);
    return false;
  }
}
