import { attachMethod, instanceCodec, memoryDuplexPair, socketPreface } from "@exosphere/frames";
import { Link } from "@exosphere/link";
import {
  AttachRequest,
  type AttachResponse,
  BrokerServiceService,
  newAttachRequest,
  newRegistration,
  oldestProtocolVersion,
  protocolVersion,
} from "@exosphere/proto";
import { Client, credentials } from "@grpc/grpc-js";
import { frames, responses } from "./corpus.ts";
import { mutatedBytes, mutatedWire } from "./mutations.ts";
import type { Random } from "./random.ts";
import { rawDialog } from "./raw-dialog.ts";
import type { Target } from "./target.ts";

/** A registration, valid most of the time, and some mutated frames behind it. */
function stream(random: Random): Buffer[] {
  const instanceId = random.once(2) ? "one" : `many ${random.below(5)}`;
  const registration = newRegistration({
    protocolVersion: random.once(3) ? oldestProtocolVersion : protocolVersion,
    role: "fuzzer",
    instanceId,
    key: Buffer.from(instanceId.padEnd(16)),
    agent: "fuzz",
    credit: random.of([0, 0, 1, 10]),
  });
  const first = Buffer.from(AttachRequest.encode(newAttachRequest({ registration })).finish());
  const behind = Array.from({ length: 1 + random.below(4) }, () => {
    const frame = random.of(frames);
    return random.once(4) ? frame : mutatedWire(random, frame, frames);
  });
  return [random.once(10) ? mutatedWire(random, first, frames) : first, ...behind];
}

const prefixed = (kind: number, frame: Buffer): Buffer => {
  const prefix = Buffer.alloc(5);
  prefix[0] = kind;
  prefix.writeUInt32BE(frame.length, 1);
  return Buffer.concat([prefix, frame]);
};

const unixSocket: Target = {
  name: "frames on the unix socket",
  attempt(random, { socketPath: path }, sent) {
    const pieces = [
      socketPreface,
      ...stream(random).map((frame) => prefixed(random.once(50) ? random.below(256) : 0, frame)),
    ];
    const whole = Buffer.concat(pieces);
    sent.push(random.once(10) ? mutatedBytes(random, whole, frames) : whole);
    return rawDialog({ path }, sent, random.once(2));
  },
};

const asIs = (bytes: Buffer): Buffer => bytes;

/** How long a stream is left open that the broker does not end, in milliseconds. */
const openMs = 50;

/** What a broker serves beside the attach stream. */
const otherPaths = [
  ...["Tap", "WatchStats", "GetTopology"].map((method) => `/exosphere.exocom.v1.AdminService/${method}`),
  BrokerServiceService.renew.path,
];

const grpc: Target = {
  name: "frames over gRPC",
  attempt(random, { brokerPort }, sent) {
    const client = new Client(`127.0.0.1:${brokerPort}`, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
      "grpc.enable_channelz": 0,
    });
    const path = random.once(10) ? random.of(otherPaths) : attachMethod.path;
    return new Promise((resolve) => {
      const call = client.makeBidiStreamRequest(path, asIs, asIs);
      const came: Buffer[] = [];
      const end = (why = "") => {
        clearTimeout(timer);
        client.close();
        resolve(Buffer.concat(came).toString("latin1") + why);
      };
      const timer = setTimeout(() => {
        call.cancel();
        end();
      }, openMs);
      call.on("data", (chunk: Buffer) => came.push(chunk));
      // 13 is INTERNAL.
      call.on("error", (error: { code?: number; details?: string }) =>
        end(error.code === 13 ? `INTERNAL ${error.details}` : error.details),
      );
      call.on("end", () => end());
      for (const frame of stream(random)) {
        sent.push(frame);
        call.write(frame);
      }
    });
  },
};

/** What a broker says to the SDK, in this process: whatever it throws is an uncaught exception here. */
const link: Target = {
  name: "frames of a broker to the SDK",
  async attempt(random, _, sent) {
    const { left, right } = memoryDuplexPair<AttachResponse, AttachRequest>();
    const config = { brokers: ["memory"], role: "fuzzer", instanceId: "i", window: 10 };
    const fuzzed = new Link(
      { ...config, dial: () => ({ duplex: left, cancel: () => left.break() }) },
      { delivery: (incoming) => void [incoming.payload, incoming.auth, fuzzed.done(incoming)] },
    );
    const none = new Uint8Array();
    const texts = { id: "i", activityId: "a", responseTo: "", traceparent: "", tracestate: "" };
    const message = { ...texts, name: "told", payload: none, auth: none, deadlineMs: 1000 };
    for (let each = 0; each < 3; each += 1) {
      const welcome = random.of(responses);
      for (const bytes of [
        random.once(5) ? mutatedWire(random, welcome, responses) : (responses[0] as Buffer),
        mutatedWire(random, random.of(responses), responses),
      ]) {
        sent.push(bytes);
        try {
          right.write(instanceCodec.decode(bytes));
        } catch {
          // It is not a frame: the connection would end.
        }
        fuzzed.send(message, () => {});
        fuzzed.request(message, () => {}, random.once(2));
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    fuzzed.close();
    return "";
  },
};

/** Frames of the attach stream, at each of its ends. */
export const frameTargets: readonly Target[] = [unixSocket, grpc, link];
