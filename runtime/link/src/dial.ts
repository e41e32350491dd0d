import {
  attachMethod,
  countedForClient,
  type FrameDuplex,
  grpc,
  receiveLimit,
  Traffic,
  widenConnections,
} from "@exosphere/frames";
import type { AttachRequest, AttachResponse } from "@exosphere/proto";

/** A connection to a broker that is being opened, or open. */
export interface Dialled {
  readonly duplex: FrameDuplex<AttachResponse, AttachRequest>;
  /** Breaks it at once. */
  cancel(): void;
}

/** Opens a connection to a broker. Whatever goes wrong is told by the duplex's `error`. */
export type Dial = (address: string, options: DialOptions) => Dialled;

/** How a connection is opened. */
export interface DialOptions {
  readonly maxPayloadBytes: number;
  /** Where what goes over it is counted. */
  readonly traffic?: Traffic;
}

/** Opens an attach stream over gRPC, on a connection of its own. Loads grpc-js. */
export const grpcDial: Dial = (address, { maxPayloadBytes, traffic = new Traffic() }) => {
  widenConnections("client", attachMethod.path);
  const { Client, credentials } = grpc();
  const client = new Client(address, credentials.createInsecure(), {
    "grpc.max_receive_message_length": receiveLimit(maxPayloadBytes),
    // Finds a broker that vanished without a word within half a minute.
    "grpc.keepalive_time_ms": 20_000,
    "grpc.keepalive_timeout_ms": 8_000,
    // The link has its own backoff: a shared subchannel would add grpc-js' own, of up to two minutes.
    "grpc.use_local_subchannel_pool": 1,
    // Lets a frame of deliveries through without waiting for window updates; the default is 64 KiB.
    "grpc-node.flow_control_window": 4 * 1024 * 1024,
    // A proxy of the environment leads out of the network that brokers are in.
    "grpc.enable_http_proxy": 0,
    // Nobody asks for its figures.
    "grpc.enable_channelz": 0,
  });
  const { path, requestSerialize, responseDeserialize } = countedForClient(attachMethod, traffic);
  const duplex = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  // Ends after the stream itself has: only then does nothing need the channel any more.
  duplex.on("close", () => client.close());
  return {
    duplex,
    cancel() {
      duplex.cancel();
      client.close();
    },
  };
};
