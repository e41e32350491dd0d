import assert from "node:assert/strict";
import {
  type AttachRequest,
  type AttachResponse,
  type ExoError,
  newAttachRequest,
  newRegistration,
  Publish,
  protocolVersion,
} from "@exosphere/proto";
import { memoryDuplexPair } from "./memory-duplex.ts";
import { servedAttachMethod } from "./served-attach-method.ts";
import { ServedStream } from "./served-stream.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const registration = newRegistration({ protocolVersion, role: "web", instanceId: "1" });
const publish = Publish.decode(new Uint8Array(0));
const delivery = {} as AttachResponse["deliveries"][number];

/** A served stream, its peer, and what came of it. */
function serve() {
  const { left, right } = memoryDuplexPair<AttachResponse, AttachRequest>();
  const got: AttachResponse[] = [];
  const told = {
    registered: 0,
    taken: 0,
    gone: [] as (number | undefined)[],
    refused: [] as ExoError[],
    isEnded: false,
  };
  left.on("data", (frame) => got.push(frame));
  left.on("end", () => {
    told.isEnded = true;
  });
  const stream = new ServedStream(right, {
    peer: "app",
    refuse: (error) => told.refused.push(error),
    register: () => {
      told.registered += 1;
    },
    take: () => {
      told.taken += 1;
    },
    onWritable() {},
    gone: (firstUnwritten) => told.gone.push(firstUnwritten),
  });
  const send = async (parts: Partial<AttachRequest>) => {
    left.write(newAttachRequest(parts));
    await settled();
  };
  const sendBytes = async (hex: string) => {
    left.write(servedAttachMethod.requestDeserialize(Buffer.from(hex, "hex")));
    await settled();
  };
  /** Puts deliveries from a number on, and a confirmation, into a frame of their own. */
  const owe = async (firstDelivery: number) => {
    const frame = stream.frame(10);
    frame.firstDelivery = firstDelivery;
    frame.deliveries.push(delivery);
    frame.confirmations.push({ first: firstDelivery, last: firstDelivery });
    await settled();
  };
  return { stream, left, got, told, send, sendBytes, owe };
}

describe("ServedStream", () => {
  for (const [firstSequence, count] of [
    [0, 1],
    [2 ** 53 - 1, 2],
    [2 ** 53 - 3, 4],
  ] as const)
    it(`refuses ${count} publishes from sequence ${firstSequence} on, and takes none of them`, async () => {
      const { send, told } = serve();
      await send({ registration });
      await send({ firstSequence, publishes: Array.from({ length: count }, () => publish) });
      assert.deepEqual([told.taken, told.refused.map(({ reason }) => reason)], [1, ["INVALID_MESSAGE"]]);
    });

  it("takes publishes up to the last sequence", async () => {
    const { send, told } = serve();
    await send({ registration });
    await send({ firstSequence: 2 ** 53 - 2, publishes: [publish, publish] });
    assert.deepEqual([told.taken, told.refused], [2, []]);
  });

  it("takes a registration first, and only then", async () => {
    const first = serve();
    await first.send({ registration });
    await first.send({});
    assert.deepEqual([first.told.registered, first.told.taken], [1, 2]);
    await first.send({ registration });
    const without = serve();
    await without.send({});
    for (const { told } of [first, without]) {
      assert.deepEqual([told.refused.map(({ reason }) => reason), told.gone.length], [["INVALID_MESSAGE"], 1]);
    }
  });

  it("says what was wrong where bytes come that are no frame", async () => {
    const { told, sendBytes } = serve();
    await sendBytes("0a080801120377");
    assert.deepEqual([told.refused[0]?.reason, told.registered], ["INVALID_MESSAGE", 0]);
    assert.match(told.refused[0]?.detail ?? "", /no frame/);
  });

  it("takes what is a frame for one", async () => {
    const { told, sendBytes } = serve();
    await sendBytes("0a0708011203776562");
    assert.deepEqual([told.refused, told.registered], [[], 1]);
  });

  it("sends what it owes after its end, once the peer reads, but no deliveries", async () => {
    const { stream, left, got, told, send, owe } = serve();
    await send({ registration });
    left.setReading(false);
    for (const number of [1, 2]) await owe(number);
    stream.end();
    assert.deepEqual([told.gone, told.isEnded, stream.isEnded], [[2], false, true]);
    await owe(3);
    left.setReading(true);
    await settled();
    assert.deepEqual(
      got.map(({ deliveries, firstDelivery, confirmations }) => [
        deliveries.length,
        firstDelivery,
        confirmations[0]?.last,
      ]),
      [
        [1, 1, 1],
        [0, 0, 2],
      ],
    );
    assert.deepEqual([told.isEnded, told.refused, told.gone.length], [true, [], 1]);
  });

  it("says from where on deliveries never left when it breaks, once", async () => {
    const { stream, left, told, send, owe } = serve();
    await send({ registration });
    left.setReading(false);
    for (const number of [1, 2]) await owe(number);
    left.break();
    stream.end();
    assert.deepEqual([told.gone, told.refused], [[2], []]);
  });

  it("goes on where much comes in one tick for a peer that reads", async () => {
    const { stream, told, got, send } = serve();
    await send({ registration });
    for (let sent = 0; sent < 3; sent += 1) stream.frame(20 * 1024 * 1024);
    await settled();
    assert.deepEqual([told.refused, got.length], [[], 3]);
  });

  for (const [what, urgency] of [
    ["", "hurried"],
    [" of what nobody waits for", "unhurried"],
  ] as const) {
    it(`ends where the peer leaves too much unread${what}`, async () => {
      const { stream, left, told, send } = serve();
      await send({ registration });
      left.setReading(false);
      for (let sent = 0; sent < 19; sent += 1) stream.frame(1024 * 1024, urgency);
      await settled();
      assert.deepEqual(
        told.refused.map(({ reason, detail }) => [reason, /The app does not read/.test(detail)]),
        [["RATE_LIMITED", true]],
      );
    });
  }
});
