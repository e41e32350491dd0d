import type { ComposedBroker } from "@exosphere/broker";
import { memoryDuplexPair } from "@exosphere/frames";
import type { AttachRequest, AttachResponse } from "@exosphere/proto";
import type { Dial } from "@exosphere/sdk/link";

/** Attaches to the broker of this process: the same frames as over gRPC, but never encoded. */
export function memoryDial({ attachHost }: Pick<ComposedBroker, "attachHost">): Dial {
  return () => {
    const { left, right } = memoryDuplexPair<AttachResponse, AttachRequest>();
    // A tick later, as from a network: whoever dials listens only then.
    process.nextTick(() => attachHost.accept(right, "memory", (error) => left.emit("error", error)));
    return { duplex: left, cancel: () => left.break() };
  };
}
