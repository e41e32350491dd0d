import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { widenConnections } from "@exosphere/frames";
import {
  Client,
  credentials,
  type handleBidiStreamingCall,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from "@grpc/grpc-js";
import { Counter, type End, type EndOptions } from "./ends.ts";
import { textOf } from "./payload.ts";

/**
 * The limit that Exosphere is measured against: a relay of nothing but grpc-js, one bidi stream to each end, frames of
 * many opaque messages, and no logic at all. What comes from one end goes to the other.
 */

/** Frames of the relay: a repeated bytes field. */
export type Frame = readonly Uint8Array[];

const writer = new BinaryWriter();

function serialize(frame: Frame): Buffer {
  for (const message of frame) writer.uint32(10).bytes(message);
  const bytes = writer.finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function deserialize(bytes: Buffer): Frame {
  const reader = new BinaryReader(bytes);
  const frame: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    reader.uint32();
    frame.push(reader.bytes());
  }
  return frame;
}

const relayMethod = {
  path: "/bench.Relay/Attach",
  requestStream: true,
  responseStream: true,
  requestSerialize: serialize,
  requestDeserialize: deserialize,
  responseSerialize: serialize,
  responseDeserialize: deserialize,
} as const;

/** Gathers the messages of a tick into one frame. */
class Batch {
  #frame: Uint8Array[] = [];
  readonly #write: (frame: Frame) => void;

  constructor(write: (frame: Frame) => void) {
    this.#write = write;
  }

  add(messages: Frame): void {
    if (this.#frame.length === 0) process.nextTick(() => this.#flush());
    this.#frame.push(...messages);
  }

  #flush(): void {
    const frame = this.#frame;
    this.#frame = [];
    this.#write(frame);
  }
}

/** The relay between two ends. */
export async function middle(): Promise<End> {
  const ends: ServerDuplexStream<Frame, Frame>[] = [];
  const port = await bind("127.0.0.1:0", (call) => {
    const index = ends.push(call) - 1;
    let batch: Batch | undefined;
    call.on("data", (frame: Frame) => {
      const peer = ends[index ^ 1];
      if (!peer) return;
      batch ??= new Batch((out) => peer.write(out));
      batch.add(frame);
    });
  });
  return { port };
}

/** A relay of one end: what comes from it goes on to the relay at `next`, and back. */
export async function hop({ address, next }: EndOptions): Promise<End> {
  await bind(address, (call) => {
    const back = new Batch((out) => call.write(out));
    const onwards = attach(next, (frame) => back.add(frame));
    call.on("data", (frame: Frame) => onwards.add(frame));
  });
  return {};
}

/** Sends back what it gets. The first message makes it the first end. */
export async function replier({ address }: EndOptions): Promise<End> {
  const batch = attach(address, (frame) => batch.add(frame));
  batch.add([hello]);
  return {};
}

/** Asks: answers come in the order of what was asked. */
export async function requester({ address }: EndOptions): Promise<End> {
  const waiting = new Queue<(reply: unknown) => void>();
  const batch = attach(address, (frame) => {
    for (const reply of frame) waiting.shift()?.(reply);
  });
  return asking(batch, waiting);
}

/** Takes messages, and says of each frame how many there were: what a confirmation is in its barest form. */
export async function receiver({ address }: EndOptions): Promise<End> {
  const counter = new Counter();
  const batch = attach(address, (frame) => {
    const count = Buffer.alloc(4);
    count.writeUInt32LE(frame.length);
    for (const message of frame) counter.add(message);
    batch.add([count]);
  });
  batch.add([hello]);
  return {
    received: () => {
      const { count, last } = counter.received();
      return { count, last: last === undefined ? undefined : JSON.parse(Buffer.from(last as Uint8Array).toString()) };
    },
  };
}

/** Sends, and waits for the confirmations. */
export async function sender({ address }: EndOptions): Promise<End> {
  const waiting = new Queue<(reply: unknown) => void>();
  const batch = attach(address, (frame) => {
    for (const message of frame) {
      let left = Buffer.from(message.buffer, message.byteOffset, message.byteLength).readUInt32LE();
      for (; left > 0; left -= 1) waiting.shift()?.(undefined);
    }
  });
  return asking(batch, waiting);
}

const hello = Buffer.alloc(4);

const options = {
  // A frame has everything that a tick brings: more than grpc-js takes by default, 4 MiB, with 1,024 messages of 4 KiB.
  "grpc.max_receive_message_length": -1,
  // Nothing may slow it down that does not slow Exosphere down.
  "grpc.enable_channelz": 0,
};

/** Whoever ends breaks its streams; anything else must not pass for a slow relay. */
function failed(error: Error): void {
  if (!/CANCELLED|UNAVAILABLE/.test(error.message)) throw error;
}

function asking(batch: Batch, waiting: Queue<(reply: unknown) => void>): End {
  return {
    ask: (value, done) => {
      waiting.push(done);
      batch.add([textOf(value)]);
    },
  };
}

/** First in, first out: an array's own `shift` moves all that stay. */
class Queue<T> {
  #entries: T[] = [];
  #head = 0;

  push(entry: T): void {
    this.#entries.push(entry);
  }

  shift(): T | undefined {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return undefined;
    this.#head += 1;
    if (this.#head === this.#entries.length) {
      this.#entries = [];
      this.#head = 0;
    }
    return entry;
  }
}

/** Serves the relay's method at an address. Resolves with its port. */
function bind(address: string, attached: (call: ServerDuplexStream<Frame, Frame>) => void): Promise<number> {
  const server = new Server(options);
  widenConnections("server", relayMethod.path);
  const handler: handleBidiStreamingCall<Frame, Frame> = (call) => {
    call.on("error", failed);
    attached(call);
  };
  server.addService({ attach: relayMethod }, { attach: handler });
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

/** Attaches one end. */
function attach(address: string, onFrame: (frame: Frame) => void): Batch {
  widenConnections("client", relayMethod.path);
  const client = new Client(address, credentials.createInsecure(), {
    ...options,
    "grpc-node.flow_control_window": 4 * 1024 * 1024,
  });
  const stream = client.makeBidiStreamRequest(relayMethod.path, serialize, deserialize);
  stream.on("error", failed);
  stream.on("data", onFrame);
  return new Batch((frame) => stream.write(frame));
}
