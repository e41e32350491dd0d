import { decodeEnvelope, encodeEnvelope, memoryDuplexPair } from "@exosphere/frames";
import {
  type AttachRequest,
  type AttachResponse,
  type Delivery,
  newAttached,
  newAttachResponse,
  newDelivery,
  newEnvelope,
  newRefusal,
  newRouteSlice,
  newRouteSliceReceive,
  newRouteSliceSend,
  newSettlement,
  type Publish,
  type Registration,
  type Settlement,
} from "@exosphere/proto";
import { Client } from "./client.ts";
import type { ClientConfig } from "./client-options.ts";
import { logBy } from "./log.ts";

const names = ["ask", "told", "answer"];
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");

/** A publish as the broker has it. */
export interface Published extends Publish {
  readonly sequence: number;
  readonly text: {
    readonly name: string;
    readonly payload: string;
    readonly auth: string;
    readonly responseTo: string;
  };
}

/** The far end of a link, in memory: takes one instance in and confirms what it sends. The test speaks for the bus. */
export class MemoryBroker {
  readonly published: Published[] = [];
  readonly settled: Settlement[] = [];
  readonly abandoned: number[] = [];
  /** What was logged. */
  readonly logged: { readonly level: string; readonly facts: object; readonly text: string }[] = [];
  registration: Registration | undefined;
  window = 0;
  hasLeft = false;
  /** Whether publishes are confirmed. */
  isConfirming = true;
  /** Runs for each publish that is taken. */
  onPublished: ((published: Published) => void) | undefined;
  /** Why the next publishes are refused. */
  refusing: string | undefined;
  readonly #pair = memoryDuplexPair<AttachResponse, AttachRequest>();
  #deliveries = 0;

  constructor() {
    this.#pair.right.on("data", (frame) => this.#received(frame));
  }

  /** What a client needs in order to find it. */
  get config(): ClientConfig {
    const { left } = this.#pair;
    const dial = () => ({ duplex: left, cancel: () => left.break() });
    const link = { brokers: ["memory"], role: "tester", instanceId: "1", maxPayloadBytes: 1000, dial };
    const log = logBy((level, facts, text) => this.logged.push({ level, facts, text }));
    return { role: "tester", link, maxPayloadBytes: 1000, concurrency: 5, graceMs: 10_000, log, onError: () => {} };
  }

  /** Everything that ticks bring about has come about. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Has a message delivered, and all that it brings about come about. */
  async deliver(name: string, payload: unknown, fields: Partial<Delivery> = {}, auth = ""): Promise<number> {
    const number = this.deliverNow(name, payload, fields, auth);
    await this.settle();
    return number;
  }

  /** Has a message delivered. Returns its number. */
  deliverNow(name: string, payload: unknown, fields: Partial<Delivery> = {}, auth = ""): number {
    this.#deliveries += 1;
    this.send({ firstDelivery: this.#deliveries, deliveries: [deliveryOf(name, payload, fields, auth)] });
    return this.#deliveries;
  }

  send(parts: Partial<AttachResponse>): void {
    this.#pair.right.write(newAttachResponse(parts));
  }

  #received(frame: AttachRequest): void {
    if (frame.registration) this.#register(frame.registration);
    if (frame.credit) this.window = frame.credit.window;
    for (const delivery of frame.done)
      this.settled.push(newSettlement({ delivery, outcome: 1, retryAfterMs: 0, detail: "", words: "" }));
    this.settled.push(...frame.settlements);
    this.abandoned.push(...frame.abandoned);
    for (const [index, publish] of frame.publishes.entries()) this.#publish(publish, frame.firstSequence + index);
    if (!frame.leave) return;
    this.hasLeft = true;
    this.#pair.right.end();
  }

  #register(registration: Registration): void {
    this.registration = registration;
    this.window = registration.credit;
    const attached = {
      protocolVersion: 1,
      epoch: "e",
      takenThrough: 0,
      refusals: [],
      undecided: [],
      uncertainThrough: 0,
      instance: 1,
    };
    const sends = names.map((name, index) => newRouteSliceSend({ name, number: index + 1, hasReceivers: true }));
    const receives = names.map((name, index) => newRouteSliceReceive({ name, number: index + 1 }));
    this.send({
      attached: newAttached({ ...attached, maxPayloadBytes: 1000, agent: "memory" }),
      routes: newRouteSlice({ revision: 1, sends, receives }),
    });
  }

  #publish(publish: Publish, sequence: number): void {
    const { payload, auth, responseTo } = decodeEnvelope(publish.envelope);
    const name = names[publish.name - 1] as string;
    const told = { name, payload: text(payload), auth: text(auth), responseTo: text(responseTo) };
    const published = { ...publish, sequence, text: told };
    this.published.push(published);
    const refusals = this.refusing ? [newRefusal({ sequence, reason: this.refusing, detail: "Because." })] : [];
    if (this.isConfirming) this.send({ confirmations: [{ first: sequence, last: sequence }], refusals });
    if (refusals.length === 0) this.onPublished?.(published);
  }
}

function deliveryOf(name: string, payload: unknown, fields: Partial<Delivery>, auth: string): Delivery {
  const none = new Uint8Array(0);
  const json =
    payload === undefined ? none : Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
  return newDelivery({
    name: names.indexOf(name) + 1,
    activityId: Buffer.from("activity"),
    lifetimeMs: 10_000,
    attempt: 1,
    timestampSeconds: 1_700_000_000,
    timestampNanos: 5,
    envelope: encodeEnvelope(
      newEnvelope({ id: Buffer.from("7"), payload: json, auth: Buffer.from(auth), traceparent: "00-1" }),
    ),
    ...fields,
  });
}

/** A client, and the broker that has taken it in. */
export async function connectedClient(): Promise<{ readonly broker: MemoryBroker; readonly client: Client }> {
  const broker = new MemoryBroker();
  const client = new Client(broker.config);
  await client.ready();
  return { broker, client };
}
