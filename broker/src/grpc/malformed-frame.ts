import { attachMethod, emptyRequest } from "@exosphere/frames";
import type { AttachRequest } from "@exosphere/proto";

/** Stands for bytes that are no frame of the contract. */
export const malformedFrame: AttachRequest = emptyRequest();

/** Decodes a frame. Were it to throw, grpc-js would end the stream with INTERNAL, and the peer would not learn why. */
export function decodeFrame(bytes: Buffer): AttachRequest {
  try {
    return attachMethod.requestDeserialize(bytes);
  } catch {
    return malformedFrame;
  }
}
