import type { AttachOptions } from "../../contract/driver.ts";
import type { Observer } from "../../core/observer.ts";
import { ExocomBus } from "../../core/testing/exocom-bus.ts";
import type { AttachHost } from "../attach-host.ts";
import { FrameParticipant, type Place, type TestConnection } from "./frame-participant.ts";
import { type Language, version3 } from "./languages.ts";

/** A broker to which participants attach by frames, and whose clock is moved by hand: all of it but how one connects. */
export abstract class FrameBus extends ExocomBus implements Place {
  readonly #participants: FrameParticipant[] = [];
  readonly #onDetached = new Map<string, () => void>();
  /** What the broker has to be observed by. */
  protected readonly observer: Observer = { detached: ({ id }) => this.#onDetached.get(id)?.() };

  abstract readonly host: AttachHost;

  readonly language: Language = version3;

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

  async stop(): Promise<void> {
    for (const participant of this.#participants) participant.close();
  }
}
