import type { AttachRequest, AttachResponse } from "@exosphere/proto";

/** What goes over attach streams, seen from one end: plain numbers, one addition for each frame. */
export class Traffic {
  framesIn = 0;
  bytesIn = 0;
  framesOut = 0;
  bytesOut = 0;

  /** A frame came, of so many bytes. */
  received(bytes: number): void {
    this.framesIn += 1;
    this.bytesIn += bytes;
  }

  /** A frame leaves, of so many bytes. */
  sent(bytes: number): void {
    this.framesOut += 1;
    this.bytesOut += bytes;
  }
}

/** How frames become bytes, and bytes frames. */
interface FrameCodec {
  requestSerialize(frame: AttachRequest): Buffer;
  requestDeserialize(bytes: Buffer): AttachRequest;
  responseSerialize(frame: AttachResponse): Buffer;
  responseDeserialize(bytes: Buffer): AttachResponse;
}

/** The Attach method for who opens streams, with what goes over them counted. */
export function countedForClient<M extends FrameCodec>(method: M, traffic: Traffic): M {
  return {
    ...method,
    requestSerialize: (frame: AttachRequest) => {
      const bytes = method.requestSerialize(frame);
      traffic.sent(bytes.byteLength);
      return bytes;
    },
    responseDeserialize: (bytes: Buffer) => {
      traffic.received(bytes.byteLength);
      return method.responseDeserialize(bytes);
    },
  };
}

/** The Attach method for who serves streams, with what goes over them counted. */
export function countedForServer<M extends FrameCodec>(method: M, traffic: Traffic): M {
  return {
    ...method,
    requestDeserialize: (bytes: Buffer) => {
      traffic.received(bytes.byteLength);
      return method.requestDeserialize(bytes);
    },
    responseSerialize: (frame: AttachResponse) => {
      const bytes = method.responseSerialize(frame);
      traffic.sent(bytes.byteLength);
      return bytes;
    },
  };
}
