export { emptyRequest, emptyResponse } from "./attach-frames.ts";
export { attachMethod } from "./attach-method.ts";
export { decodeEnvelope, encodeEnvelope } from "./envelope-codec.ts";
export type { FrameDuplex } from "./frame-duplex.ts";
export { frameBytes, messageOverheadBytes, queuedBytes, receiveLimit } from "./frame-limits.ts";
export { type FlushSchedule, FrameWriter, type FrameWriterOptions } from "./frame-writer.ts";
export { memoryDuplexPair } from "./memory-duplex.ts";
