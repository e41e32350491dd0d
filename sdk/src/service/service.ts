import { Client } from "../client/client.ts";
import { type ClientConfig, type ClientOptions, clientConfig } from "../client/client-options.ts";
import { checkOptions } from "../client/option-checks.ts";
import type { AnyMessages, ReceivedName, RoleMessages } from "../messages.ts";
import type { Handlers } from "./handlers.ts";
import { handlersOf } from "./handlers-of.ts";
import { exitFlushed, onProcessEnd } from "./process-ending.ts";

/** What a service does before its first message and after its last. */
export interface ServiceHooks<M extends RoleMessages = AnyMessages> {
  /**
   * Runs before the first message is taken: opens what the handlers need. It may send and ask. If it fails, the service leaves
   * the bus, and `ready()` rejects with what it threw.
   */
  readonly beforeAll?: ((service: Service<M>) => void | Promise<void>) | undefined;
  /** Runs once the last handler has ended, before the service leaves the bus: closes what `beforeAll` has opened. */
  readonly afterAll?: ((service: Service<M>) => void | Promise<void>) | undefined;
}

/** How a service runs. */
export interface ServiceOptions<M extends RoleMessages = AnyMessages>
  extends Omit<ClientOptions, "role">,
    ServiceHooks<M> {
  /**
   * Whether the process is the service's: SIGTERM and SIGINT drain it and then end the process, with exit code 0, or 1 if that took
   * longer than `graceMs`; the exit code is 1 as well if `beforeAll` or `afterAll` fails. A program that listens to the signal itself
   * ends itself, once `drain()` has resolved. Default true.
   */
  readonly signals?: boolean | undefined;
  /**
   * Messages of which only so many are handled at once; further ones wait in this process, and count for `concurrency`.
   * `concurrency` in service.yml does the same at the broker, where what waits is in nobody's way.
   */
  readonly concurrencyOf?: { readonly [N in ReceivedName<M>]?: number | undefined } | undefined;
}

/** What is played, and how. */
interface Playing<M extends RoleMessages> extends ServiceHooks<M> {
  readonly handlers: Handlers<M>;
  readonly concurrencyOf?: ServiceOptions<M>["concurrencyOf"];
  readonly ownsProcess?: boolean;
}

/** A role that is played: its messages go to its handlers. */
export class Service<M extends RoleMessages = AnyMessages> extends Client<M> {
  readonly #hooks: ServiceHooks<M>;
  readonly #ownsProcess: boolean;
  readonly #graceMs: number;
  readonly #log: ClientConfig["log"];
  /** Undefined without `beforeAll`. */
  readonly #begun: Promise<void> | undefined;
  /** `beforeAll` is at work. */
  #isBeginning = false;
  /** What `beforeAll` threw. */
  #failure: { readonly thrown: unknown } | undefined;
  #ended: Promise<void> | undefined;
  /** Once a signal has told the process to end: settled when it has nothing more to do. */
  #ending: Promise<void> | undefined;
  readonly #leaveProcess: () => void;

  /** See `service`. */
  constructor(config: ClientConfig, { handlers, concurrencyOf = {}, ownsProcess = false, ...hooks }: Playing<M>) {
    // What is wrong is said before anything is connected: a link would go on looking for its broker.
    const table = handlersOf(handlers, concurrencyOf);
    super({ ...config, link: { ...config.link, window: hooks.beforeAll ? 0 : config.concurrency } }, table);
    this.#hooks = hooks;
    this.#ownsProcess = ownsProcess;
    this.#log = config.log;
    this.#graceMs = config.graceMs;
    const end = () => (this.#ending = this.#drainInTime());
    this.#leaveProcess = ownsProcess ? onProcessEnd(end) : () => {};
    this.#begun = hooks.beforeAll && this.#begin(hooks.beforeAll);
    if (!this.#begun) this.take();
    // It is logged, and told by `ready`, whether anybody waits for that or not.
    this.#begun?.catch(() => {});
  }

  /**
   * As `Client.ready`, and waits for `beforeAll`. Rejects with what that threw. If a signal ends the process meanwhile, it
   * ends here once `afterAll` has run: that it was never ready is no failure, and what comes next is not to run.
   */
  override async ready(signal?: AbortSignal): Promise<void> {
    try {
      await super.ready(signal);
    } catch (error) {
      if (this.#failure) throw this.#failure.thrown;
      if (this.#ending) await this.#ending.then(exitFlushed);
      throw error;
    }
    if (this.#begun) await (signal ? settledBefore(signal, this.#begun) : this.#begun);
  }

  /** As `Client.close`. `afterAll` runs, but nobody waits for it. */
  override close(): void {
    super.close();
    this.beforeLeaving()?.catch(() => {});
  }

  /** Not before `beforeAll` has ended, which may add handlers itself. */
  protected override take(): void {
    if (!this.#isBeginning) super.take();
  }

  protected override beforeLeaving(): Promise<void> | undefined {
    this.#leaveProcess();
    if (this.#hooks.beforeAll || this.#hooks.afterAll) this.#ended ??= this.#end();
    return this.#ended;
  }

  /** Past the grace the exit code is 1, as that of every process of Exosphere. */
  async #drainInTime(): Promise<void> {
    const deadline = AbortSignal.timeout(this.#graceMs);
    try {
      await this.drain(deadline);
    } catch {
      // `afterAll` failed, which is logged.
    }
    if (!deadline.aborted) return;
    this.#log.error(`not everything had ended ${this.#graceMs} ms after the signal`);
    process.exitCode = 1;
  }

  async #begin(beforeAll: NonNullable<ServiceHooks<M>["beforeAll"]>): Promise<void> {
    this.#isBeginning = true;
    try {
      await beforeAll(this);
    } catch (thrown) {
      this.#failure = { thrown };
      this.#failed(thrown, "beforeAll failed");
      this.close();
      throw thrown;
    }
    this.#isBeginning = false;
    this.take();
  }

  async #end(): Promise<void> {
    try {
      await this.#begun?.catch(() => {});
      await this.#hooks.afterAll?.(this);
    } catch (err) {
      this.#failed(err, "afterAll failed");
      throw err;
    }
  }

  #failed(err: unknown, text: string): void {
    this.#log.error({ err }, text);
    if (this.#ownsProcess) process.exitCode = 1;
  }
}

/** As a promise, unless a signal fires before: then it rejects with the signal's reason. */
function settledBefore(signal: AbortSignal, promise: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason);
    if (signal.aborted) return aborted();
    signal.addEventListener("abort", aborted, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted));
  });
}

/**
 * Plays a role: gives its messages to the handlers of their names, and settles each by how its handler ends. Handlers are the members of
 * an object, the methods of an instance of a class, or the entries of a Map. Returns at once; the connection is made, and made again whenever it breaks, in the background. With the messages that `exo types`
 * writes, as `service<Messages>(…)`, a wrong name or payload does not compile. Throws a TypeError if role, handlers or options
 * are wrong.
 */
export function service<M extends RoleMessages = AnyMessages>(
  role: string,
  handlers: Handlers<M>,
  options: ServiceOptions<M> = {},
): Service<M> {
  if (typeof handlers !== "object" || handlers === null || Array.isArray(handlers))
    throw new TypeError('The handlers of a service are an object: { "message name": (message, context) => … }.');
  checkOptions(options, true);
  const { signals: ownsProcess = true, beforeAll, afterAll, concurrencyOf, ...rest } = options;
  const hooks = { ...(beforeAll && { beforeAll }), ...(afterAll && { afterAll }) };
  const limits = concurrencyOf && { concurrencyOf };
  return new Service<M>(clientConfig({ ...rest, role }, process.env), { handlers, ownsProcess, ...limits, ...hooks });
}
