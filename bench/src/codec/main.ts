// What it costs to write and to read a publish and a delivery, in ns: `node bench/src/codec/main.ts [folder of another build …]`.
//
// Of several checkouts the codecs are measured in turns, in one process, so that what else the machine does slows all of them down
// alike; the fastest fiftieth of the turns counts. The first is that of this checkout.
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const turns = 120;
const warmUpTurns = 6;
const framesInTurn = 250;
const messagesInFrame = 100;

type Encode = (frame: object) => Buffer;
type Decode = (bytes: Buffer) => object;
type Lend = (frame: object, reserved: number) => Buffer;

/** What of a checkout is measured. */
interface Codec {
  readonly encodeRequest: Encode;
  readonly encodeResponse: Encode;
  readonly lendRequest: Lend;
  readonly lendResponse: Lend;
  readonly decodeRequest: Decode;
  readonly decodeResponse: Decode;
}

interface MessageType {
  decode(bytes: Uint8Array): object;
}

const folders = [resolve(import.meta.dirname, "../../.."), ...process.argv.slice(2)];
const cases = await Promise.all(folders.map(casesOf));
const names = Object.keys(cases[0] ?? {});
const measured = new Map<string, number[]>();
for (let turn = 0; turn < turns; turn += 1)
  for (const [index, each] of cases.entries())
    for (const [name, work] of Object.entries(each)) {
      const ns = nsPerMessage(work);
      const key = `${name} ${index}`;
      if (turn >= warmUpTurns) measured.set(key, [...(measured.get(key) ?? []), ns]);
    }
for (const name of names) {
  const best = folders.map((_, index) => fastest(measured.get(`${name} ${index}`) ?? []));
  console.log(`${name.padEnd(16)} ${best.map((ns) => `${ns.toFixed(1)} ns`.padStart(9)).join(" ")}`);
}

/** Frames of a hundred small messages, with the fields that both versions of the protocol have. */
async function casesOf(folder: string): Promise<Record<string, () => unknown>> {
  const load = (file: string) => import(pathToFileURL(join(folder, file)).href);
  const codec: Codec = await load("runtime/frames/src/frame-codec.ts");
  const types: Readonly<Record<string, MessageType>> = await load("proto/src/index.ts");
  const empty = (type: string) => types[type]?.decode(new Uint8Array(0));
  const common = { name: 3, activityId: Buffer.from("0190a3f2-1b3c-7def-8a9b-0123456789ab"), deadlineMs: 30_000 };
  const message = { ...common, envelope: Buffer.alloc(200, "A") };
  const times = { timestampSeconds: 1_796_000_000, timestampNanos: 123_456_789, responseTimeNs: 12_345_678 };
  const numbers = Array.from({ length: messagesInFrame }, (_, index) => 100_000 + index);
  const publishes = numbers.map((request) => ({ ...empty("Publish"), ...message, request }));
  const deliveries = numbers.map((replyRequest) => ({
    ...empty("Delivery"),
    ...message,
    ...times,
    ...{ attempt: 1, replyInstance: 12, replyRequest },
  }));
  const request = { ...empty("AttachRequest"), done: numbers, firstSequence: 5_000_000, publishes };
  const confirmations = [{ first: 5_000_000, last: 5_000_100 }];
  const response = { ...empty("AttachResponse"), confirmations, firstDelivery: 100_000, deliveries };
  const [requestBytes, responseBytes] = [codec.encodeRequest(request), codec.encodeResponse(response)];
  return {
    "write publish": () => codec.lendRequest(request, 5),
    "read publish": () => codec.decodeRequest(requestBytes),
    "write delivery": () => codec.lendResponse(response, 5),
    "read delivery": () => codec.decodeResponse(responseBytes),
  };
}

function nsPerMessage(work: () => unknown): number {
  const start = process.hrtime.bigint();
  for (let frame = 0; frame < framesInTurn; frame += 1) work();
  return Number(process.hrtime.bigint() - start) / framesInTurn / messagesInFrame;
}

function fastest(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 50)] ?? Number.NaN;
}
