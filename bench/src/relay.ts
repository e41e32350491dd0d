import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import {
  Client,
  credentials,
  type handleBidiStreamingCall,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from "@grpc/grpc-js";

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
export class Batch {
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

/** Starts the relay for two ends, at an address or on a free port. Resolves with its port. */
export function startRelay(address = "127.0.0.1:0"): Promise<number> {
  const server = new Server();
  const ends: ServerDuplexStream<Frame, Frame>[] = [];
  const attach: handleBidiStreamingCall<Frame, Frame> = (call) => {
    const index = ends.push(call) - 1;
    let batch: Batch | undefined;
    call.on("error", () => {});
    call.on("data", (frame: Frame) => {
      const peer = ends[index ^ 1];
      if (!peer) return;
      batch ??= new Batch((out) => peer.write(out));
      batch.add(frame);
    });
  };
  return bindRelay(server, attach, address);
}

/** Starts a relay of one end: what comes from it goes on to the relay at `next`, and back. */
export function startHop(address: string, next: number): Promise<number> {
  const attach: handleBidiStreamingCall<Frame, Frame> = (call) => {
    const back = new Batch((out) => call.write(out));
    const onwards = attachToRelay(`127.0.0.1:${next}`, (frame) => back.add(frame));
    call.on("error", () => {});
    call.on("data", (frame: Frame) => onwards.add(frame));
  };
  return bindRelay(new Server(), attach, address);
}

function bindRelay(server: Server, attach: handleBidiStreamingCall<Frame, Frame>, address: string): Promise<number> {
  server.addService({ attach: relayMethod }, { attach });
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

/** Attaches one end. Resolves once the relay has it. */
export function attachToRelay(address: string, onFrame: (frame: Frame) => void): Batch {
  const client = new Client(address, credentials.createInsecure(), {
    "grpc-node.flow_control_window": 4 * 1024 * 1024,
  });
  const stream = client.makeBidiStreamRequest(relayMethod.path, serialize, deserialize);
  stream.on("error", () => {});
  stream.on("data", onFrame);
  return new Batch((frame) => stream.write(frame));
}
