import { BrokerServiceService } from "@exosphere/proto";
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from "./frame-codec.ts";

/**
 * The Attach method for grpc-js, with a codec of its own for what is hot in its frames, one writer for all frames and no
 * second copy of the result. Both ends use it instead of the generated definition.
 */
export const attachMethod = {
  ...BrokerServiceService.attach,
  requestSerialize: encodeRequest,
  requestDeserialize: decodeRequest,
  responseSerialize: encodeResponse,
  responseDeserialize: decodeResponse,
};
