import type { AttachOptions, Bus, Counts } from "../contract/driver.ts";
import type { Limits } from "../core/limits.ts";
import { deliveredBy } from "../core/testing/core-bus.ts";
import { type RouteSketch, routesOf } from "../core/testing/routes.ts";
import { type EmbeddedBroker, embedBroker, FakeClock, memoryDial } from "../embedded.ts";
import type { AttachHost } from "../grpc/attach-host.ts";
import { FrameParticipant, type TestConnection } from "../grpc/testing/frame-participant.ts";

/** A broker inside this process, attached to in memory: what the SDK's test bus stands on. */
export class EmbeddedBus implements Bus {
  readonly clock = new FakeClock();
  readonly #broker: EmbeddedBroker;
  readonly #participants: FrameParticipant[] = [];
  readonly #onDetached = new Map<string, () => void>();

  constructor(routes: RouteSketch, limits: Partial<Limits> = {}) {
    this.#broker = embedBroker({
      clock: this.clock,
      routes: routesOf(routes),
      limits,
      observer: { detached: ({ id }) => this.#onDetached.get(id)?.() },
      agent: "exocom/test",
    });
  }

  get host(): AttachHost {
    return this.#broker.attachHost;
  }

  connect(): TestConnection {
    const { duplex, cancel } = memoryDial(this.host)();
    return { duplex, cancel, stall: () => duplex.setReading(false) };
  }

  async attach(role: string, options: AttachOptions = {}): Promise<FrameParticipant> {
    const participant = await FrameParticipant.attach(this, role, options);
    this.#participants.push(participant);
    return participant;
  }

  /** Resolves when the broker has let go of the instance of this id. */
  detached(id: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onDetached.set(id, resolve);
    return promise;
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
  }

  async replaceRoutes(routes: RouteSketch): Promise<void> {
    this.#broker.exocom.replaceRoutes(routesOf(routes));
  }

  waiting(role: string): number {
    return this.#broker.exocom.roles.get(role)?.queue.messages ?? 0;
  }

  delivered(role: string): Counts {
    return deliveredBy(this.#broker.exocom, role);
  }

  async stop(): Promise<void> {
    for (const participant of this.#participants) participant.close();
    this.#broker.close();
  }
}
