import { AttachRequest, AttachResponse, BrokerServiceService } from "@exosphere/proto";
import { encode } from "./shared-writer.ts";

/**
 * The Attach method for grpc-js, with the generated code's own encoding, but one writer for all frames and no second copy
 * of the result. Both ends use it instead of the generated definition.
 */
export const attachMethod = {
  ...BrokerServiceService.attach,
  requestSerialize: (frame: AttachRequest): Buffer => encode(frame, AttachRequest),
  responseSerialize: (frame: AttachResponse): Buffer => encode(frame, AttachResponse),
};
