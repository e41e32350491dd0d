import assert from "node:assert/strict";
import {
  type AttachRequest,
  type AttachResponse,
  newAttached,
  newAttachRequest,
  newAttachResponse,
  newCredit,
  newDelivery,
  newPublish,
  newRefusal,
  newRegistration,
  newSettlement,
  newUndeliverable,
} from "@exosphere/proto";
import { encodeEnvelope } from "../envelope-codec.ts";
import type { FrameDuplex } from "../frame-duplex.ts";
import { malformedFrame, overfullFrame } from "../malformed-frame.ts";
import { memoryDuplexPair } from "../memory-duplex.ts";
import { handlerNumber, requesterNumber } from "../mesh-numbers.ts";
import { anyVersion } from "./any-version.ts";
import { Version2Peers } from "./version-2-peers.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const activityId = Buffer.from("a");
const none = new Uint8Array();

/** A delivery of the message `id`, as a broker has it. */
function delivered(id: string, fields = {}) {
  const texts = { responseTo: none, auth: none, payload: none, traceparent: "", tracestate: "" };
  return newDelivery({ activityId, lifetimeMs: 5000, ...fields, envelope: encodeEnvelope({ ...texts, id }) });
}

/** A stream, its peer, and what came at either end. */
class TestStream {
  readonly peers = new Version2Peers(new Uint8Array(32));
  /** What the broker was told. */
  readonly taken: AttachRequest[] = [];
  /** What the peer was told. */
  readonly told: AttachResponse[] = [];
  readonly served: FrameDuplex<AttachRequest, AttachResponse>;
  readonly #pair = memoryDuplexPair<AttachResponse, AttachRequest>();

  constructor() {
    this.served = anyVersion(this.#pair.right, this.peers);
    this.served.on("data", (frame) => this.taken.push(frame));
    this.#pair.left.on("data", (frame) => this.told.push(frame));
  }

  async register(protocolVersion = 2): Promise<void> {
    await this.send({
      registration: newRegistration({ protocolVersion, role: "users", instanceId: "u", credit: 1 }),
    });
    this.taken.splice(0);
  }

  async send(parts: Partial<AttachRequest> | AttachRequest): Promise<void> {
    this.#pair.left.write(newAttachRequest(parts));
    await settled();
  }

  /** A frame of the very object. */
  async pass(frame: AttachRequest): Promise<void> {
    this.#pair.left.write(frame);
    await settled();
  }

  async tell(parts: Partial<AttachResponse>): Promise<void> {
    this.served.write(newAttachResponse(parts));
    await settled();
  }

  /** The windows that the broker was given, in their order. */
  get windows(): number[] {
    return this.taken.flatMap(({ credit }) => (credit ? [credit.window] : []));
  }

  /** A delivery comes, and its handler sends a request. */
  async ask(request: number, delivery = 1): Promise<void> {
    const publish = newPublish({ request, cause: delivery, activityId });
    await this.send({ firstSequence: request, publishes: [publish] });
  }
}

describe("anyVersion", () => {
  let stream: TestStream;
  beforeEach(async () => {
    stream = new TestStream();
    await stream.register();
    await stream.tell({ firstDelivery: 1, deliveries: [delivered("m1"), delivered("m2", { awaiting: [4711] })] });
  });

  it("leaves the frames of version 3 as they are, and those that stand for what could not be read", async () => {
    const plain = new TestStream();
    await plain.register(3);
    const delivery = delivered("m", { requester: 2 ** 40, replyRequest: 1, awaiting: [5] });
    await plain.tell({ firstDelivery: 1, deliveries: [delivery] });
    assert.deepEqual(plain.told[0]?.deliveries, [
      delivered("m", { requester: 2 ** 40, replyRequest: 1, awaiting: [5] }),
    ]);
    for (const each of [malformedFrame, overfullFrame]) {
      await stream.pass(each);
      assert.equal(stream.taken.at(-1), each);
    }
    assert.equal(malformedFrame.credit, undefined);
  });

  it("registers a peer with a key that is the same each time, and tells it its handle and its version", async () => {
    const twice = [new TestStream(), new TestStream()];
    const instances: (number | undefined)[] = [];
    for (const each of twice) {
      const registration = newRegistration({ protocolVersion: 2, role: "users", instanceId: "u" });
      await each.send({ registration });
      const { key = none, protocolVersion } = each.taken[0]?.registration ?? {};
      assert.deepEqual([key.length, protocolVersion], [32, 3]);
      await each.tell({
        attached: newAttached({ protocolVersion: 3, refusals: [newRefusal({ sequence: 1, facts: { a: "b" } })] }),
      });
      assert.deepEqual([each.told[0]?.attached?.protocolVersion, each.told[0]?.attached?.refusals[0]?.facts], [2, {}]);
      instances.push(each.told[0]?.attached?.instance);
      assert.equal(each.peers.handles.requesterOf(instances[0] ?? 0), requesterNumber("users", key));
    }
    assert.equal(instances[0], instances[1]);
  });

  it("leads a reply back to the requester of whom a delivery came", async () => {
    const requester = 2 ** 52 + 99;
    await stream.tell({ firstDelivery: 3, deliveries: [delivered("m3", { requester, replyRequest: 8 })] });
    const { replyInstance = 0, replyRequest, requester: hidden } = stream.told.at(-1)?.deliveries[0] ?? {};
    assert.deepEqual([replyInstance > 0, replyInstance < 2 ** 32, replyRequest, hidden], [true, true, 8, 0]);
    const publish = newPublish({ replyInstance, replyRequest: 8, activityId, deadlineMs: 70 });
    await stream.send({ firstSequence: 1, publishes: [publish] });
    const reply = stream.taken[0]?.publishes[0];
    assert.deepEqual([reply?.requester, reply?.lifetimeMs], [requester, 70]);
  });

  it("tells the longest deadline of 32 bits of what is valid for longer, or for ever", async () => {
    for (const lifetimeMs of [0, 2 ** 40]) {
      await stream.tell({ firstDelivery: 3, deliveries: [delivered("m3", { lifetimeMs })] });
      assert.equal(stream.told.at(-1)?.deliveries[0]?.deadlineMs, 0xffff_ffff);
    }
  });

  it("makes the chain of handlers that wait of the delivery that causes a request", async () => {
    await stream.ask(1, 1);
    await stream.ask(2, 2);
    await stream.send({ firstSequence: 3, publishes: [newPublish({ request: 3, cause: 99, activityId })] });
    const chains = stream.taken.flatMap(({ publishes }) => publishes.map(({ awaiting }) => awaiting));
    assert.deepEqual(chains, [[handlerNumber("users", "a", "m1")], [4711, handlerNumber("users", "a", "m2")], []]);
  });

  it("raises the window for each handler that waits, however many requests it has open", async () => {
    await stream.ask(1, 1);
    await stream.ask(2, 1);
    await stream.ask(3, 2);
    assert.deepEqual(stream.windows, [2, 3]);
    await stream.send({ credit: newCredit({ window: 5 }) });
    await stream.send({ credit: newCredit({ window: 0 }) });
    assert.deepEqual(stream.windows.slice(2), [7, 0]);
  });

  const ends: Readonly<Record<string, (stream: TestStream) => Promise<void>>> = {
    "its reply": (each) => each.tell({ firstDelivery: 3, deliveries: [delivered("r", { request: 7 })] }),
    "the news that it cannot be answered": (each) => each.tell({ undeliverables: [newUndeliverable({ request: 7 })] }),
    "the last of many replies": (each) => each.tell({ answered: [7] }),
    "its refusal": (each) => each.tell({ refusals: [newRefusal({ sequence: 7 })] }),
    "a caller that no longer waits": (each) => each.send({ abandoned: [7] }),
    "the end of the delivery": (each) => each.send({ done: [1] }),
    "another end of the delivery": (each) => each.send({ settlements: [newSettlement({ delivery: 1, outcome: 3 })] }),
  };
  for (const [what, end] of Object.entries(ends))
    it(`lowers the window with ${what}`, async () => {
      await stream.ask(7);
      await end(stream);
      assert.deepEqual(stream.windows, [2, 1]);
    });

  it("does not believe what is said of a request in another activity", async () => {
    await stream.ask(7);
    const made = { request: 7, activityId: Buffer.from("made up") };
    await stream.tell({ undeliverables: [newUndeliverable(made)] });
    await stream.tell({ firstDelivery: 3, deliveries: [{ ...delivered("r"), ...made }] });
    await stream.tell({ firstDelivery: 4, deliveries: [delivered("r", { request: 7, more: true })] });
    assert.deepEqual(stream.windows, [2]);
  });

  it("gives no credit while the app keeps failing, as each allows for further probes", async () => {
    await stream.send({ credit: newCredit({ window: 1, failing: true, probes: 1 }) });
    await stream.ask(7);
    await stream.tell({ answered: [7] });
    assert.deepEqual(stream.windows, [1]);
    await stream.ask(8);
    await stream.send({ credit: newCredit({ window: 1 }) });
    assert.deepEqual(stream.windows, [1, 2]);
  });
});
