import { decodeEnvelope, emptyResponse, encodeEnvelope, memoryDuplexPair } from "@exosphere/frames";
import {
  type AttachRequest,
  type AttachResponse,
  type Delivery,
  type Envelope,
  type ExoError,
  encodeStatusDetails,
  type Publish,
  type Refusal,
  type Registration,
  type RouteSlice,
  statusDetailsTrailer,
} from "@exosphere/proto";
import { Metadata } from "@grpc/grpc-js";
import type { Dial } from "../dial.ts";
import type { Outgoing } from "../outgoing.ts";

/** Everything that ticks bring about has come about. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const none = new Uint8Array(0);

/** The routes that a scripted broker tells unless told otherwise. */
const slice: RouteSlice = {
  revision: 1,
  sends: [
    { number: 1, name: "ask", hasReceivers: true },
    { number: 2, name: "note", hasReceivers: true },
    { number: 3, name: "unheard", hasReceivers: false },
  ],
  receives: [
    { number: 4, name: "answer" },
    { number: 5, name: "news" },
  ],
};

/** What a scripted broker says when it takes an instance in. */
export interface Welcome {
  readonly epoch?: string;
  readonly takenThrough?: number;
  readonly refusals?: readonly Refusal[];
  readonly routes?: RouteSlice;
}

/** The broker's end of one attempt to attach, at which the test says what the broker says. */
export class BrokerEnd {
  readonly address: string;
  readonly frames: AttachRequest[] = [];
  readonly #pair = memoryDuplexPair<AttachResponse, AttachRequest>();

  constructor(address: string) {
    this.address = address;
    this.#pair.right.on("data", (frame) => this.frames.push(frame));
  }

  get dialled(): ReturnType<Dial> {
    return { duplex: this.#pair.left, cancel: () => this.#pair.left.break() };
  }

  get registration(): Registration | undefined {
    return this.frames[0]?.registration;
  }

  /** Everything that was published on this stream. */
  get publishes(): readonly (Publish & { readonly sequence: number })[] {
    return this.frames.flatMap(({ firstSequence, publishes }) =>
      publishes.map((publish, index) => ({ ...publish, sequence: firstSequence + index })),
    );
  }

  /** What was published, by the payload. */
  get payloads(): readonly string[] {
    return this.publishes.map(payloadOf);
  }

  async welcome({ epoch = "epoch", takenThrough = 0, refusals = [], routes = slice }: Welcome = {}): Promise<void> {
    const attached = {
      protocolVersion: 1,
      epoch,
      takenThrough,
      refusals: [...refusals],
      instance: 7,
      maxPayloadBytes: 1024 * 1024,
      agent: "scripted",
    };
    await this.send({ attached, routes });
  }

  async send(parts: Partial<AttachResponse>): Promise<void> {
    this.#pair.right.write({ ...emptyResponse(), ...parts });
    await settled();
  }

  async confirm(first: number, last: number, refusals: Refusal[] = []): Promise<void> {
    await this.send({ confirmations: [{ first, last }], refusals });
  }

  async deliver(number: number, delivery: Partial<Delivery> & { readonly of?: Partial<Envelope> }): Promise<void> {
    await this.send({ firstDelivery: number, deliveries: [deliveryOf(delivery)] });
  }

  /** Ends the stream in order. */
  async end(): Promise<void> {
    this.#pair.right.end();
    await settled();
  }

  /** Ends the stream with an error, as gRPC tells of it. */
  async refuse(error: ExoError): Promise<void> {
    const metadata = new Metadata();
    metadata.set(statusDetailsTrailer, Buffer.from(encodeStatusDetails(error)));
    this.#pair.left.emit("error", Object.assign(new Error(error.detail), { code: error.grpcCode, metadata }));
    await settled();
  }

  async break(): Promise<void> {
    this.#pair.right.break();
    await settled();
  }

  /** Stops or resumes reading. */
  setReading(isReading: boolean): void {
    this.#pair.right.setReading(isReading);
  }
}

/** Brokers of which the test holds the other end. */
export class ScriptedBroker {
  readonly #came: BrokerEnd[] = [];
  readonly #waiters: ((end: BrokerEnd) => void)[] = [];

  /** To be given to a link. */
  readonly dial: Dial = (address) => {
    const end = new BrokerEnd(address);
    const waiter = this.#waiters.shift();
    if (waiter) waiter(end);
    else this.#came.push(end);
    return end.dialled;
  };

  /** The next attempt to attach. */
  async next(): Promise<BrokerEnd> {
    const end = this.#came.shift() ?? (await new Promise<BrokerEnd>((resolve) => this.#waiters.push(resolve)));
    await settled();
    return end;
  }
}

let messages = 0;

/** A message of which only some is of interest. */
export function outgoing(fields: Partial<Omit<Outgoing, "payload">> & { readonly payload?: string } = {}): Outgoing {
  messages += 1;
  return {
    name: "note",
    id: `message ${messages}`,
    activityId: `activity ${messages}`,
    auth: none,
    responseTo: "",
    traceparent: "",
    tracestate: "",
    deadlineMs: 10_000,
    ...fields,
    payload: Buffer.from(fields.payload ?? "null"),
  };
}

/** What a publish carries. */
function payloadOf({ envelope }: Publish): string {
  return Buffer.from(decodeEnvelope(envelope).payload).toString();
}

function deliveryOf({ of = {}, ...fields }: Partial<Delivery> & { readonly of?: Partial<Envelope> }): Delivery {
  return {
    name: 5,
    activityId: Buffer.from("activity"),
    deadlineMs: 10_000,
    attempt: 1,
    replyInstance: 0,
    replyRequest: 0,
    request: 0,
    timestampSeconds: 0,
    timestampNanos: 0,
    responseTimeNs: 0,
    isSecurity: false,
    envelope: encodeEnvelope({
      id: Buffer.from("id"),
      responseTo: none,
      auth: none,
      payload: Buffer.from("null"),
      traceparent: "",
      tracestate: "",
      ...of,
    }),
    ...fields,
  };
}
