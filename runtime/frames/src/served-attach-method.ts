import type { AttachRequest, AttachResponse } from "@exosphere/proto";
import { attachMethod } from "./attach-method.ts";
import { lendResponse } from "./frame-codec.ts";
import { TooManyParts } from "./frame-parts.ts";
import { malformedFrame, overfullFrame } from "./malformed-frame.ts";

/**
 * The Attach method for who serves it by grpc-js. Were decoding to throw, grpc-js would end the stream with INTERNAL, and the peer
 * would not learn why. Encoded frames are lent: grpc-js' server copies each behind its prefix before it has the next one encoded
 * (its client may keep them, to try again). 64 and 256 requests in flight through two sidecars are 6 % faster for it.
 */
export const servedAttachMethod = {
  ...attachMethod,
  requestDeserialize(bytes: Buffer): AttachRequest {
    try {
      return attachMethod.requestDeserialize(bytes);
    } catch (error) {
      return error instanceof TooManyParts ? overfullFrame : malformedFrame;
    }
  },
  responseSerialize: (frame: AttachResponse): Buffer => lendResponse(frame, 0),
};
