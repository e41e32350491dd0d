import { memoryDuplexPair } from "@exosphere/frames";
import type { AttachRequest, AttachResponse, ExoError } from "@exosphere/proto";
import type { AttachHost } from "./grpc/attach-host.ts";
import { inProcess } from "./loopback.ts";

type Pair = ReturnType<typeof memoryDuplexPair<AttachResponse, AttachRequest>>;

/** One end of a connection in memory, and what breaks it at once. */
export interface MemoryDialled {
  readonly duplex: Pair["left"];
  cancel(): void;
}

/**
 * Attaches to a broker of this process: the same frames as over gRPC, but never encoded. `onRefused` hears, beside who
 * dialled, why an attachment was refused or ended.
 */
export function memoryDial(
  attachHost: Pick<AttachHost, "accept">,
  onRefused: (error: ExoError) => void = () => {},
): () => MemoryDialled {
  return () => {
    const { left, right } = memoryDuplexPair<AttachResponse, AttachRequest>();
    const refuse = (error: ExoError) => {
      onRefused(error);
      left.emit("error", error);
    };
    // A tick later, as from a network: whoever dials listens only then.
    process.nextTick(() => attachHost.accept(right, inProcess, refuse));
    return { duplex: left, cancel: () => left.break() };
  };
}
