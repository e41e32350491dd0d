import { AssertionError } from "node:assert";
import type { EmbeddedBroker, RouteTable } from "@exosphere/broker/embedded";
import { systemClock as machineClock } from "@exosphere/link";
import type { ExoError } from "@exosphere/proto";
import { type Client, connect } from "../client/client.ts";
import type { ClientOptions } from "../client/client-options.ts";
import { logBy } from "../client/log.ts";
import type { Transport } from "../client/transport.ts";
import type { AnyMessages, RoleMessages } from "../messages.ts";
import type { Handlers } from "../service/handlers.ts";
import { type Service, type ServiceOptions, service } from "../service/service.ts";
import { embeddedModule } from "./broker-module.ts";
import { type BusClock, realClock, SteppedClock } from "./bus-clock.ts";
import { BusWatch, type SaidMessage } from "./bus-watch.ts";
import { MemoryTransport } from "./memory-transport.ts";
import { PlayedRole } from "./played-role.ts";
import { mirroredRoutes, publicNames } from "./routes.ts";
import { type TestBusConfig, type TestBusOptions, testBusConfig } from "./test-bus-options.ts";
import { listed, type Unexpected } from "./unexpected.ts";

/** Nothing in a test says anything, unless it fails. */
const silentLog = logBy(() => {});

/** Deliveries that a played role takes at once: those that it hangs at must not keep others from coming. */
const playedConcurrency = 10_000;

/** What a service under test is started with. */
export type ServiceUnderTestOptions = {
  readonly [Option in "transport" | "log" | "onError" | "signals"]: NonNullable<ServiceOptions[Option]>;
};

/** A bus in memory around services under test: the broker itself, without a port, in a time that the test moves. */
export class TestBus {
  /** Its time. */
  readonly clock: BusClock;
  /** How code under test reaches it: the option `transport` of `connect` and `service`. */
  readonly transport: Transport;
  /** For code that starts its own service: `service(role, handlers, bus.options)`. Quiet, without signals, in this bus's time. */
  readonly options: ServiceUnderTestOptions;
  /** The broker itself, for tools that put other edges around it. */
  readonly broker: EmbeddedBroker;
  readonly #config: TestBusConfig;
  readonly #motion = new MemoryTransport();
  readonly #watch: BusWatch;
  readonly #played = new Map<string, PlayedRole>();
  readonly #playedTransport: Transport;
  readonly #clients: Client[] = [];
  readonly #routes: RouteTable;
  #closed: Promise<void> | undefined;

  /** See `createTestBus`. */
  constructor(config: TestBusConfig) {
    const { embedBroker, FakeClock, memoryDial, systemClock } = embeddedModule();
    this.#config = config;
    this.#routes = config.routes;
    this.#watch = new BusWatch({
      isPlayed: (role) => this.#played.has(role),
      moved: () => this.#motion.moved(),
      advice: config.advice,
    });
    const fake = new FakeClock();
    this.clock = config.clock === "fake" ? new SteppedClock(fake, this.#motion) : realClock(machineClock);
    const { schedule } = this.#motion;
    this.broker = embedBroker({
      clock: config.clock === "fake" ? fake : systemClock,
      routes: config.routes,
      limits: config.limits,
      observer: this.#watch.observer,
      agent: "exosphere-sdk/testing",
      schedule,
    });
    const connectTo = memoryDial(this.broker.attachHost, (error) => this.#watch.attachRefused(error));
    this.#playedTransport = { dial: this.#motion.dial(connectTo), clock: this.clock, schedule };
    this.transport = { ...this.#playedTransport, onRefused: (...what) => this.#watch.refused(...what) };
    const onError: ServiceUnderTestOptions["onError"] = (...what) => this.#watch.threw(...what);
    this.options = { transport: this.transport, log: silentLog, onError, signals: false };
  }

  /** Starts a service under test, as `service` does. It is closed with the bus. */
  service<M extends RoleMessages = AnyMessages>(
    role: string,
    handlers: Handlers<M>,
    options: ServiceOptions<M> = {},
  ): Service<M> {
    this.#checkUnderTest(role);
    const { onError } = options;
    const told: ServiceUnderTestOptions["onError"] = (...what) => {
      this.options.onError(...what);
      onError?.(...what);
    };
    const started = service<M>(role, handlers, { ...this.options, ...options, onError: told });
    this.#clients.push(started as unknown as Client);
    return started;
  }

  /** Takes part as code under test that is no service, as `connect` does. It is closed with the bus. */
  connect<M extends RoleMessages = AnyMessages>(options: ClientOptions & { readonly role: string }): Client<M> {
    this.#checkUnderTest(options.role);
    const { transport, log, onError } = this.options;
    const client = connect<M>({ transport, log, onError, ...options });
    this.#clients.push(client as unknown as Client);
    return client;
  }

  /**
   * A role that the test plays, from the first call on. Throws a TypeError if the routes do not have it, or if it is that of
   * a service under test.
   */
  role<M extends RoleMessages = AnyMessages>(name: string): PlayedRole<M> {
    const played = this.#played.get(name) ?? this.#play(name);
    return played as unknown as PlayedRole<M>;
  }

  /** Whether the test plays a role. */
  plays(role: string): boolean {
    return this.#played.has(role);
  }

  /** What the services under test have sent, oldest first. */
  get said(): readonly SaidMessage[] {
    return this.#watch.said;
  }

  /** Resolves once nothing is under way on the bus. What waits for a file, a database or a timer of a service's own is not known to it. */
  settled(): Promise<void> {
    return this.#motion.settled();
  }

  /** Everything so far that the test did not ask for, once nothing is under way any more. */
  async unexpected(): Promise<readonly Unexpected[]> {
    await this.settled();
    return this.#watch.unexpected();
  }

  /** The same, and forgets it, as the test knows it now. */
  async takeUnexpected(): Promise<readonly Unexpected[]> {
    const unexpected = await this.unexpected();
    this.#watch.reset();
    return unexpected;
  }

  /**
   * Fails if a service sent what nobody waited for, was refused what it wanted to send, failed at a message, or could not
   * attach; and says each, with what to do.
   */
  async assertNoUnexpected(): Promise<void> {
    const unexpected = await this.unexpected();
    if (unexpected.length === 0) return;
    throw new AssertionError({
      message: `Unexpected on the test bus:${listed(unexpected.map(({ text }) => text))}`,
      stackStartFn: this.assertNoUnexpected,
    });
  }

  /** Forgets what was sent and received, and how played roles answer. Services stay attached. */
  async reset(): Promise<void> {
    await this.settled();
    this.#watch.reset();
    for (const played of this.#played.values()) played.reset();
    this.#updateRoutes();
  }

  /** For edges that take messages of services otherwise than by `transport`: one was not taken. */
  noteRefused(role: string, name: string, error: Error): void {
    this.#watch.refused(role, name, error);
  }

  /** For edges that attach services otherwise than by `transport`: one was not let in. */
  noteAttachRefused(error: ExoError): void {
    this.#watch.attachRefused(error);
  }

  /** Ends the bus and the services that it started. Rejects with what their `afterAll` throws. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** For `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#watch.close();
    try {
      // What is being handled is not waited for.
      await Promise.all(this.#clients.map((client) => client.drain(AbortSignal.abort())));
    } finally {
      this.broker.close();
    }
  }

  #play(name: string): PlayedRole {
    const isKnown = this.#routes.has(name);
    if (!isKnown && !this.#config.isMirrored) throw new TypeError(this.#unknownRole(name));
    if (this.#watch.instancesOf(name) > 0 || this.#clients.some(({ role }) => role === name))
      throw new TypeError(`Role '${name}' is that of a service under test: the test cannot play it as well.`);
    // The routes are to have it before it attaches.
    const answered = new Set<string>();
    if (!isKnown) this.#updateRoutes(new Map([[name, { answered }]]));
    const { transport, log } = { transport: this.#playedTransport, log: silentLog };
    const client = connect({ role: name, transport, log, concurrency: playedConcurrency });
    const played = new PlayedRole(client, {
      withinMs: this.#config.withinMs,
      after: (delayMs, run) => this.clock.after(delayMs, run),
      receives: () => this.#received(name),
      mocksChanged: () => this.#updateRoutes(),
      expect: (message) => this.#watch.expect(message),
      explained: (error) => this.#watch.explained(error),
      findings: (message) => this.#findings(message),
    });
    this.#played.set(name, played);
    this.#clients.push(client);
    return played;
  }

  /** What a role may receive, in its own names. */
  #received(name: string): readonly string[] {
    const route = this.#routes.get(name);
    if (route) return route.receives.map((each) => each.name);
    return [...new Set([...this.#routes.values()].flatMap((each) => publicNames(each).sends))];
  }

  #updateRoutes(more: ReadonlyMap<string, { readonly answered: ReadonlySet<string> }> = new Map()): void {
    if (!this.#config.isMirrored) return;
    const mirrored = [...this.#played].filter(([name]) => !this.#routes.has(name));
    this.broker.exocom.replaceRoutes(mirroredRoutes(this.#routes, new Map([...mirrored, ...more])));
  }

  #checkUnderTest(role: string): void {
    if (!this.#routes.has(role)) throw new TypeError(this.#unknownRole(role));
    if (this.#played.has(role))
      throw new TypeError(`Role '${role}' is played by the test: no service can play it as well.`);
  }

  #unknownRole(name: string): string {
    const roles = [...this.#routes.keys()].map((role) => `'${role}'`).join(", ");
    return `The test bus has no role '${name}'. Its roles are ${roles}.`;
  }

  /** What may be the reason that something did not come. */
  #findings(name?: string): string {
    const unexpected = this.#watch.unexpected().map(({ text }) => text);
    const absent = name === undefined ? [] : this.#absentReceiversOf(name);
    const stands =
      this.#config.clock === "fake"
        ? [
            "The clock stands still. If a deadline is to pass: call without await, await bus.clock.advance(ms), then await the call.",
          ]
        : [];
    // A handler that has ended waits for no time to pass.
    const findings = [
      ...absent,
      ...this.#watch.silent,
      ...unexpected,
      ...(this.#watch.silent.length > 0 ? [] : stands),
    ];
    return findings.length === 0 ? "" : ` What is known beside:${listed(findings)}`;
  }

  #absentReceiversOf(name: string): string[] {
    return [...this.broker.exocom.roles.values()]
      .filter(({ route, instances }) => instances.size === 0 && publicNames(route).receives.includes(name))
      .map((role) => `No service is attached as '${role.name}', which receives '${name}'.`);
  }
}

/**
 * Makes a bus in memory for tests of one service or a few. Throws a TypeError if the options are wrong, an ApplicationError if
 * a service.yml or application.yml is, and an error that says what to install if `@exosphere/broker` is not there.
 */
export function createTestBus(options: TestBusOptions): TestBus {
  return new TestBus(testBusConfig(options));
}
