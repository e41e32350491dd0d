import type { AttachOptions, Bus, Counts } from "../../contract/driver.ts";
import type { Exocom } from "../../core/exocom.ts";
import { FakeClock } from "../../core/fake-clock.ts";
import type { Observer } from "../../core/observer.ts";
import { deliveredBy } from "../../core/testing/core-bus.ts";
import { type RouteSketch, routesOf } from "../../core/testing/routes.ts";
import type { AttachHost } from "../attach-host.ts";
import { FrameParticipant, type Place, type TestConnection } from "./frame-participant.ts";

/** A broker to which participants attach by frames, and whose clock is moved by hand: all of it but how one connects. */
export abstract class FrameBus implements Bus, Place {
  readonly clock = new FakeClock();
  readonly #participants: FrameParticipant[] = [];
  readonly #onDetached = new Map<string, () => void>();
  /** What the broker has to be observed by. */
  protected readonly observer: Observer = { detached: ({ id }) => this.#onDetached.get(id)?.() };

  abstract readonly exocom: Exocom;
  abstract readonly host: AttachHost;

  abstract connect(): TestConnection;

  async attach(role: string, options: AttachOptions = {}): Promise<FrameParticipant> {
    const participant = await FrameParticipant.attach(this, role, options);
    this.#participants.push(participant);
    return participant;
  }

  detached(id: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onDetached.set(id, resolve);
    return promise;
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
  }

  async replaceRoutes(routes: RouteSketch): Promise<void> {
    this.exocom.replaceRoutes(routesOf(routes));
  }

  waiting(role: string): number {
    return this.exocom.roles.get(role)?.queue.messages ?? 0;
  }

  delivered(role: string): Counts {
    return deliveredBy(this.exocom, role);
  }

  async stop(): Promise<void> {
    for (const participant of this.#participants) participant.close();
  }
}
