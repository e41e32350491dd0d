import type { Answer, Handler } from "../service/handlers.ts";

/** How often, and how late, a played role answers. */
export interface MockOptions {
  /** How many messages are answered so. Then the mock before it counts again. Default: all. */
  readonly times?: number | undefined;
  /** How long the answer takes, in milliseconds of the bus's clock. Default: 0, no time passes. */
  readonly afterMs?: number | undefined;
}

/** A way to deal with a message, and for how many more. */
interface Mock {
  readonly handle: Handler;
  readonly afterMs: number;
  left: number;
}

/** How a played role deals with its messages. */
export class Mocks {
  readonly #byName = new Map<string, Mock[]>();
  readonly #after: (delayMs: number, run: () => void) => () => void;

  constructor(after: (delayMs: number, run: () => void) => () => void) {
    this.#after = after;
  }

  /** Names that are dealt with. */
  get names(): ReadonlySet<string> {
    return new Set(this.#byName.keys());
  }

  /** The latest counts. */
  add(name: string, handle: Handler, { times = Number.POSITIVE_INFINITY, afterMs = 0 }: MockOptions): void {
    if (!(times >= 1)) throw new TypeError(`'times' must be 1 or more, but is ${times}.`);
    if (!(afterMs >= 0)) throw new TypeError(`'afterMs' must be 0 milliseconds or more, but is ${afterMs}.`);
    const mocks = this.#byName.get(name) ?? [];
    this.#byName.set(name, [...mocks, { handle, afterMs, left: times }]);
  }

  /** Deals with a message, if anything was said of it. */
  handle(...[message, context]: Parameters<Handler>): ReturnType<Handler> {
    const mock = this.#byName.get(message.name)?.findLast(({ left }) => left > 0);
    if (!mock) return undefined;
    mock.left -= 1;
    if (mock.afterMs === 0) return mock.handle(message, context);
    return new Promise<void>((resolve) => void this.#after(mock.afterMs, resolve)).then(
      () => mock.handle(message, context) as Answer,
    );
  }

  has(name: string): boolean {
    return this.#byName.get(name)?.some(({ left }) => left > 0) ?? false;
  }

  reset(): void {
    this.#byName.clear();
  }
}
