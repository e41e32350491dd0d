import { encodeEnvelope } from "@exosphere/frames";
import { grpcDial } from "@exosphere/link";
import {
  type AttachRequest,
  type AttachResponse,
  type Delivery,
  type Envelope,
  newAttachRequest,
  newEnvelope,
  newRegistration,
  Publish,
  protocolVersion,
} from "@exosphere/proto";
import { eventually } from "./eventually.ts";

const none = Buffer.alloc(0);

/** A message of a bare instance, in bytes that nobody checks. Payload `null`, and valid ids, unless told otherwise. */
export interface BareMessage extends Partial<Omit<Envelope, "traceparent" | "tracestate">> {
  readonly activityId?: Uint8Array;
}

/** An instance that attaches by gRPC and writes each frame itself: nothing of what our edges and the SDK check. */
export class BareInstance {
  readonly frames: AttachResponse[] = [];
  readonly #dialled: ReturnType<typeof grpcDial>;
  #sequence = 0;

  private constructor(port: number) {
    this.#dialled = grpcDial(`127.0.0.1:${port}`, { maxPayloadBytes: 1024 * 1024 });
    this.#dialled.duplex.on("data", (frame) => this.frames.push(frame));
    this.#dialled.duplex.on("error", () => {});
  }

  /** Resolves once the broker has taken it in. */
  static async attach(port: number, role: string, credit = 0): Promise<BareInstance> {
    const instance = new BareInstance(port);
    const instanceId = crypto.randomUUID();
    const key = crypto.getRandomValues(new Uint8Array(16));
    instance.write({
      registration: newRegistration({ protocolVersion, role, instanceId, key, agent: "bare", credit }),
    });
    await eventually("the attachment", () => instance.frames.some(({ attached }) => attached));
    return instance;
  }

  write(parts: Partial<AttachRequest>): void {
    this.#dialled.duplex.write(newAttachRequest(parts));
  }

  /** Publishes a message. Resolves once it was confirmed, with the reason if it was refused. */
  async publish(name: string, message: BareMessage, fields: Partial<Publish> = {}): Promise<string | undefined> {
    this.#sequence += 1;
    const sequence = this.#sequence;
    const { activityId = Buffer.from(crypto.randomUUID()), ...of } = message;
    const number = this.frames.flatMap(({ routes }) => routes?.sends ?? []).find((each) => each.name === name)?.number;
    const envelope = encodeEnvelope(
      newEnvelope({ id: Buffer.from(crypto.randomUUID()), payload: Buffer.from("null"), ...of }),
    );
    const publish = { ...Publish.decode(none), name: number ?? 0, activityId, envelope, ...fields };
    this.write({ firstSequence: sequence, publishes: [publish] });
    await eventually("the confirmation", () =>
      this.frames.some(({ confirmations }) =>
        confirmations.some(({ first, last }) => first <= sequence && last >= sequence),
      ),
    );
    return this.frames.flatMap(({ refusals }) => refusals).find((refusal) => refusal.sequence === sequence)?.reason;
  }

  /** The nth delivery that came. */
  delivery(nth = 1): Promise<Delivery> {
    return eventually(`delivery ${nth}`, () => this.frames.flatMap(({ deliveries }) => deliveries)[nth - 1]);
  }

  async stop(): Promise<void> {
    this.#dialled.cancel();
  }
}
