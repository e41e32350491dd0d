import type { AttachRequest } from "@exosphere/proto";
import { emptyRequest } from "./attach-frames.ts";
import { attachMethod } from "./attach-method.ts";

/** Stands for bytes that are no frame of the contract. */
export const malformedFrame: AttachRequest = emptyRequest();

/** The Attach method for who serves it. Were decoding to throw, grpc-js would end the stream with INTERNAL, and the peer would not learn why. */
export const servedAttachMethod = {
  ...attachMethod,
  requestDeserialize(bytes: Buffer): AttachRequest {
    try {
      return attachMethod.requestDeserialize(bytes);
    } catch {
      return malformedFrame;
    }
  },
};
