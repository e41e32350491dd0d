import type { Exocom } from "../core/exocom.ts";
import type { Limits } from "../core/limits.ts";
import { type RouteSketch, routesOf } from "../core/testing/routes.ts";
import { type EmbeddedBroker, embedBroker, memoryDial } from "../embedded.ts";
import type { AttachHost } from "../grpc/attach-host.ts";
import { FrameBus } from "../grpc/testing/frame-bus.ts";
import type { TestConnection } from "../grpc/testing/frame-participant.ts";

/** A broker inside this process, attached to in memory: what the SDK's test bus stands on. */
export class EmbeddedBus extends FrameBus {
  readonly exocom: Exocom;
  readonly host: AttachHost;
  readonly #broker: EmbeddedBroker;

  constructor(routes: RouteSketch, limits: Partial<Limits> = {}) {
    super();
    const { clock, observer } = this;
    this.#broker = embedBroker({ clock, routes: routesOf(routes), limits, observer, agent: "exocom/test" });
    this.exocom = this.#broker.exocom;
    this.host = this.#broker.attachHost;
  }

  connect(): TestConnection {
    const { duplex, cancel } = memoryDial(this.host)();
    return { duplex, cancel, stall: () => duplex.setReading(false) };
  }

  override async stop(): Promise<void> {
    await super.stop();
    this.#broker.close();
  }
}
