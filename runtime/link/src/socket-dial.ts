import { connect } from "node:net";
import { instanceCodec, receiveLimit, SocketDuplex, UnknownPreface } from "@exosphere/frames";
import { type Dial, type Dialled, type DialOptions, grpcDial } from "./dial.ts";

/** How the address of a unix socket begins. */
const unixScheme = "unix:";

/**
 * Opens attach streams: on a unix socket, where a sidecar is, the frames alone; elsewhere over gRPC. A unix socket behind which
 * something else is, such as a proxy in front of a broker, is tried with gRPC next.
 */
export function dialByScheme(): Dial {
  const strangers = new Set<string>();
  return (address, options) => {
    if (!address.startsWith(unixScheme) || strangers.delete(address)) return grpcDial(address, options);
    return socketDial(address.slice(unixScheme.length), options, () => strangers.add(address));
  };
}

function socketDial(path: string, { maxPayloadBytes, traffic }: DialOptions, onStranger: () => void): Dialled {
  const duplex = new SocketDuplex(connect({ path, allowHalfOpen: true }), {
    codec: instanceCodec,
    maxFrameBytes: receiveLimit(maxPayloadBytes),
    ...(traffic ? { traffic } : {}),
  });
  duplex.on("error", (error) => {
    if (error instanceof UnknownPreface) onStranger();
  });
  // A sidecar that has said its last word is not to be told anything either.
  duplex.on("end", () => duplex.end());
  return { duplex, cancel: () => duplex.destroy() };
}
