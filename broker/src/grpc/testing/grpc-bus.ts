import { attachMethod } from "@exosphere/frames";
import { PlainHistogram, silentLog } from "@exosphere/telemetry";
import { Client, credentials } from "@grpc/grpc-js";
import { AdminService } from "../../admin/admin-service.ts";
import { busStats } from "../../admin/bus-stats.ts";
import { TapHub } from "../../admin/tap-hub.ts";
import { Exocom } from "../../core/exocom.ts";
import type { Limits } from "../../core/limits.ts";
import { type RouteSketch, routesOf } from "../../core/testing/routes.ts";
import { envelopes } from "../../envelopes.ts";
import type { AttachTokens } from "../../tokens.ts";
import { AttachAuthoriser } from "../attach-authoriser.ts";
import { AttachHost } from "../attach-host.ts";
import { type GrpcServer, startGrpcServer } from "../grpc-server.ts";
import { FrameBus } from "./frame-bus.ts";
import type { TestConnection } from "./frame-participant.ts";
import { type Language, version3 } from "./languages.ts";

/** What a broker under test is made of beside its routes and limits. */
export interface GrpcBusOptions {
  readonly tokens?: AttachTokens;
  /** A secret of this life of the broker. Default: random. */
  readonly secret?: Uint8Array;
  /** What those speak that attach. Default: the present version. */
  readonly language?: Language;
}

/** A broker on a free port of the loopback interface, whose clock is moved by hand. */
export class GrpcBus extends FrameBus {
  readonly exocom: Exocom;
  readonly host: AttachHost;
  override readonly language: Language;
  #server: GrpcServer | undefined;

  private constructor(routes: RouteSketch, limits: Partial<Limits>, { tokens, secret, language }: GrpcBusOptions) {
    super();
    this.language = language ?? version3;
    this.exocom = new Exocom({
      clock: this.clock,
      routes: routesOf(routes),
      envelopes,
      limits,
      observer: this.observer,
    });
    this.host = new AttachHost({
      exocom: this.exocom,
      clock: this.clock,
      authoriser: new AttachAuthoriser(tokens && (() => tokens)),
      log: silentLog(),
      agent: "exocom/test",
      ...(secret && { secret }),
    });
  }

  static async start(
    routes: RouteSketch,
    limits: Partial<Limits> = {},
    options: GrpcBusOptions = {},
  ): Promise<GrpcBus> {
    const bus = new GrpcBus(routes, limits, options);
    bus.#server = await startGrpcServer({
      host: "127.0.0.1",
      port: 0,
      setting: "--port",
      attachHost: bus.host,
      maxPayloadBytes: bus.exocom.limits.maxPayloadBytes,
      admin: bus.#admin().handlers(),
    });
    return bus;
  }

  #admin(): AdminService {
    const { clock, host, exocom } = this;
    const hub = new TapHub(clock);
    const topology = () => host.topology();
    const latency = () => new PlainHistogram().snapshot();
    const stats = () => busStats({ exocom, clock, topology, latency, taps: hub });
    return new AdminService({ clock, topology, stats, hub, tokens: undefined });
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  /** A connection of its own over gRPC. */
  connect(): TestConnection {
    const client = new Client(`127.0.0.1:${this.port}`, credentials.createInsecure());
    const { encode, decode } = this.language.codec;
    const duplex = client.makeBidiStreamRequest(attachMethod.path, encode, decode);
    duplex.on("close", () => client.close());
    return {
      duplex,
      stall: () => void duplex.pause(),
      cancel() {
        duplex.cancel();
        client.close();
      },
    };
  }

  override async stop(): Promise<void> {
    await super.stop();
    this.host.close();
    this.exocom.close();
    this.#server?.close();
  }
}
