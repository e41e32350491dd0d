import { randomUUID } from "node:crypto";
import { attachMethod, emptyRequest, encodeEnvelope, FrameWriter } from "@exosphere/frames";
import type { AttachRequest, AttachResponse, Publish } from "@exosphere/proto";
import { Client, credentials } from "@grpc/grpc-js";
import type { RoundTrip } from "./load.ts";
import { payload } from "./payload.ts";

/** As much of a publish or a delivery as a frame is measured by: close enough, as both ends and the broker do the same. */
const messageBytes = 350;

const none = new Uint8Array(0);

/** A client of nothing but the contract: no outbox, no ids of its own for each message, no checks. */
export class BareClient {
  readonly #writer: FrameWriter<AttachRequest>;
  readonly #envelope = encodeEnvelope({
    id: Buffer.from(randomUUID()),
    responseTo: none,
    auth: none,
    payload,
    traceparent: "",
    tracestate: "",
  });
  #sequence = 0;

  private constructor(writer: FrameWriter<AttachRequest>) {
    this.#writer = writer;
  }

  /** Attaches as a role. Resolves once the broker has taken it in. */
  static attach(
    port: number,
    role: string,
    onFrame: (frame: AttachResponse, client: BareClient) => void,
  ): Promise<BareClient> {
    const channel = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      "grpc-node.flow_control_window": 4 * 1024 * 1024,
    });
    const { path, requestSerialize, responseDeserialize } = attachMethod;
    const stream = channel.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    const client = new BareClient(new FrameWriter(stream, { create: emptyRequest }));
    stream.on("error", () => {});
    client.#register(role);
    return new Promise((resolve) => {
      stream.on("data", (frame: AttachResponse) => {
        if (frame.attached) resolve(client);
        onFrame(frame, client);
      });
    });
  }

  /** Publishes the role's only message. */
  publish(fields: Pick<Publish, "activityId" | "request" | "replyInstance" | "replyRequest">): void {
    const frame = this.#writer.frame(messageBytes);
    this.#sequence += 1;
    if (frame.publishes.length === 0) frame.firstSequence = this.#sequence;
    frame.publishes.push({
      ...fields,
      // The only message that the role sends has the first number.
      name: 1,
      deadlineMs: 10_000,
      cause: 0,
      replyGuessed: false,
      many: false,
      more: false,
      envelope: this.#envelope,
    });
  }

  /** Settles deliveries, a run of numbers. Rides with the next publishes. */
  done(first: number, count: number): void {
    const { done } = this.#writer.unhurriedFrame(5 * count);
    for (let number = first; number < first + count; number += 1) done.push(number);
  }

  #register(role: string): void {
    this.#writer.frame(0).registration = {
      protocolVersion: 1,
      role,
      instanceId: randomUUID(),
      token: "",
      credit: 4096,
      confirmedThrough: 0,
      epoch: "",
      agent: "bench",
    };
  }
}

/** Answers every message. */
export async function bareReplier(port: number): Promise<void> {
  await BareClient.attach(port, "replier", ({ deliveries, firstDelivery }, client) => {
    for (const { activityId, replyInstance, replyRequest } of deliveries) {
      client.publish({ activityId, request: 0, replyInstance, replyRequest });
    }
    if (deliveries.length > 0) client.done(firstDelivery, deliveries.length);
  });
}

/** Asks. */
export async function bareRequester(port: number): Promise<RoundTrip> {
  const waiting = new Map<number, () => void>();
  let last = 0;
  const client = await BareClient.attach(port, "requester", ({ deliveries, firstDelivery }, self) => {
    if (deliveries.length > 0) self.done(firstDelivery, deliveries.length);
    for (const { request } of deliveries) {
      const answered = waiting.get(request);
      waiting.delete(request);
      answered?.();
    }
  });
  return (answered) => {
    last += 1;
    waiting.set(last, answered);
    // An activity of its own for each request, as a real one has.
    client.publish({ activityId: Buffer.from(`activity-${last}`), request: last, replyInstance: 0, replyRequest: 0 });
  };
}
