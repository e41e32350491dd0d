import { memoryDuplexPair } from "@exosphere/frames";
import { type Accepted, type Answered, type Forwarded, Incoming } from "@exosphere/link";
import {
  type AttachRequest,
  type AttachResponse,
  type Delivery,
  type ExoError,
  newAttachRequest,
  newDelivery,
  newPublish,
  newRegistration,
  newRouteSliceReceive,
  newRouteSliceSend,
  type Publish,
  protocolVersion,
  type Registration,
  type RouteSlice,
} from "@exosphere/proto";
import { silentLog } from "@exosphere/telemetry";
import { Consumer } from "../core/consumer.ts";
import { SocketHost } from "./socket-host.ts";

/** What was passed on to the bus, and how the bus answers. */
export interface PassedOn {
  readonly message: Forwarded;
  readonly accepted: Accepted;
  readonly answered: Answered | undefined;
}

/** The sidecar around the socket: what it passes on, and what the bus has for the app. */
export class SocketSidecar {
  readonly consumer = new Consumer();
  readonly passedOn: PassedOn[] = [];
  readonly abandoned: number[] = [];
  readonly settled: [number, string][] = [];
  slice: RouteSlice | undefined = sliceOf(7);
  window = 0;
  readonly host: SocketHost = new SocketHost({
    role: "users",
    agent: "test",
    maxPayloadBytes: 1000,
    bus: {
      forward: (message, accepted, answered) => this.passedOn.push({ message, accepted, answered }),
      abandon: (number) => this.abandoned.push(number),
      topology: () => Promise.reject(new Error("away")),
    },
    observer: { sent() {}, answered() {}, handled() {} },
    consumer: this.consumer,
    slice: () => this.slice,
    settle: ({ number }, ending) => this.settled.push([number, ending]),
    onWindow: (window) => {
      this.window = window;
    },
    log: silentLog(),
  });

  /** A message from the bus. */
  incoming(number: number, fields: Partial<Delivery> = {}): Incoming {
    const delivery = { ...emptyDelivery, ...fields };
    return new Incoming({ name: "ask", number, delivery, connection: this });
  }
}

/** The routes as a broker tells them, in numbers of its own. */
export function sliceOf(number: number): RouteSlice {
  return {
    revision: number,
    sends: [newRouteSliceSend({ number, name: "told", hasReceivers: true })],
    receives: [newRouteSliceReceive({ number: number + 1, name: "ask" })],
  };
}

const emptyDelivery: Delivery = newDelivery({
  name: 8,
  activityId: Buffer.from("a"),
  lifetimeMs: 1000,
  attempt: 1,
  timestampSeconds: 1,
  envelope: Buffer.from("opaque"),
});

/** The app's end of a stream, frame by frame. */
export class SocketApp {
  readonly frames: AttachResponse[] = [];
  refused: ExoError | undefined;
  isEnded = false;
  readonly #pair = memoryDuplexPair<AttachResponse, AttachRequest>();

  constructor({ host }: SocketSidecar) {
    this.#pair.left.on("data", (frame) => this.frames.push(frame));
    this.#pair.left.on("end", () => {
      this.isEnded = true;
    });
    host.accept(this.#pair.right, (error) => {
      this.refused = error;
    });
  }

  async register(registration: Partial<Registration> = {}): Promise<AttachResponse | undefined> {
    const whole = { protocolVersion, role: "users", instanceId: crypto.randomUUID(), credit: 2, agent: "test" };
    await this.send({ registration: newRegistration({ ...whole, ...registration }) });
    return this.frames[0];
  }

  async send(parts: Partial<AttachRequest>): Promise<void> {
    this.#pair.left.write(newAttachRequest(parts));
    await this.turn();
  }

  async publish(firstSequence: number, ...publishes: Partial<Publish>[]): Promise<void> {
    await this.send({ firstSequence, publishes: publishes.map((each) => ({ ...emptyPublish, ...each })) });
  }

  /** Everything that ticks bring about has come about. */
  async turn(): Promise<void> {
    for (let each = 0; each < 3; each += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  setReading(isReading: boolean): void {
    this.#pair.left.setReading(isReading);
  }

  async break(): Promise<void> {
    this.#pair.left.break();
    await this.turn();
  }
}

const emptyPublish: Publish = newPublish({
  name: 1,
  activityId: Buffer.from("a"),
  lifetimeMs: 1000,
  envelope: Buffer.from("opaque"),
});
