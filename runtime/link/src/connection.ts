import { FrameWriter } from "@exosphere/frames";
import type { AttachRequest, AttachResponse, Registration } from "@exosphere/proto";
import { newAttachRequest } from "@exosphere/proto";
import type { Dialled } from "./dial.ts";
import type { LinkConfig } from "./link-config.ts";
import { brokerUnavailable, errorOfStream } from "./wire-error.ts";

/** What a connection tells its link. */
export interface ConnectionEvents {
  /** Any frame, the first of which has `attached`. */
  frame(frame: AttachResponse): void;
  /** It takes more again. */
  writable(): void;
  /** It is over. Called once. */
  closed(error: Error): void;
}

/** One attach stream to one broker, from the attempt to its end. */
export class Connection {
  readonly writer: FrameWriter<AttachRequest>;
  readonly #dialled: Dialled;
  readonly #events: ConnectionEvents;
  readonly #callOffOverdue: () => void;
  #isClosed = false;

  constructor(address: string, registration: Registration, config: LinkConfig, events: ConnectionEvents) {
    this.#events = events;
    this.#dialled = config.dial(address, { maxPayloadBytes: config.maxPayloadBytes, traffic: config.traffic });
    const { duplex } = this.#dialled;
    this.writer = new FrameWriter(duplex, {
      create: newAttachRequest,
      ...(config.schedule ? { schedule: config.schedule } : {}),
      onWritable: () => events.writable(),
    });
    duplex.on("data", (frame) => this.#received(frame));
    duplex.on("error", (error) => this.#close(errorOfStream(error, address)));
    duplex.on("end", () => this.#close(brokerUnavailable(`The broker at ${address} ended the connection.`)));
    duplex.on("close", () => this.#close(brokerUnavailable(`The connection to the broker at ${address} broke.`)));
    // grpc-js has no time-out for establishing a connection (grpc-node issue 2785): a black-holed peer would hang it.
    const { attachTimeoutMs } = config;
    this.#callOffOverdue = config.clock.after(attachTimeoutMs, () =>
      this.cancel(brokerUnavailable(`The broker at ${address} did not answer within ${attachTimeoutMs} ms.`)),
    );
    this.writer.frame(registration.token.length).registration = registration;
  }

  /** Breaks it off at once. */
  cancel(error: Error): void {
    this.#close(error);
    this.#dialled.cancel();
  }

  #received(frame: AttachResponse): void {
    if (this.#isClosed) return;
    if (frame.attached) this.#callOffOverdue();
    this.#events.frame(frame);
  }

  #close(error: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#callOffOverdue();
    this.#events.closed(error);
  }
}
