import type { AttachRequest, AttachResponse } from "@exosphere/proto";
import { decodeResponse, lendRequest, lendResponse } from "./frame-codec.ts";
import { servedAttachMethod } from "./served-attach-method.ts";
import { keepLent } from "./shared-buffer.ts";
import type { SocketCodec } from "./socket-duplex.ts";

/** For who opens attach streams on a bare socket. */
export const instanceCodec: SocketCodec<AttachResponse, AttachRequest> = {
  lend: lendRequest,
  keepLent,
  decode: decodeResponse,
};

/** For who serves them. */
export const servedCodec: SocketCodec<AttachRequest, AttachResponse> = {
  lend: lendResponse,
  keepLent,
  decode: servedAttachMethod.requestDeserialize,
};
