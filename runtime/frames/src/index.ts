export { attachMethod } from "./attach-method.ts";
export { cutText } from "./cut-text.ts";
export { deliveryMistake } from "./delivery-mistake.ts";
export { decodeEnvelope, encodeEnvelope, encodeText, idIn } from "./envelope-codec.ts";
export { EnvelopeReader, isAsciiText } from "./envelope-reader.ts";
export { errorStatus } from "./error-status.ts";
export { FairTurns } from "./fair-turns.ts";
export type { FlushSchedule } from "./flush-schedule.ts";
export type { FrameDuplex } from "./frame-duplex.ts";
export { envelopeOverheadBytes, frameBytes, messageOverheadBytes, queuedBytes, receiveLimit } from "./frame-limits.ts";
export { BrokenFraming } from "./frame-splitter.ts";
export { FrameWriter, type FrameWriterOptions, type Urgency } from "./frame-writer.ts";
export { type GrpcModule, grpc, provideGrpc } from "./grpc-module.ts";
export { holdable } from "./holdable.ts";
export { memoryDuplexPair } from "./memory-duplex.ts";
export { handlerNumber, requesterNumber } from "./mesh-numbers.ts";
export type { MessageSpan, MessageTracer, TraceContext, TracedMessage } from "./message-tracer.ts";
export { servedAttachMethod } from "./served-attach-method.ts";
export { defaultMaxUnreadBytes, ServedStream, type ServedStreamOptions } from "./served-stream.ts";
export { instanceCodec, servedCodec } from "./socket-codecs.ts";
export {
  type SocketCodec,
  SocketDuplex,
  type SocketDuplexOptions,
  socketPreface,
  UnknownPreface,
} from "./socket-duplex.ts";
export { topologyBytes } from "./topology-bytes.ts";
export { countedForClient, countedForServer, Traffic } from "./traffic.ts";
export { turnSchedule } from "./turn-schedule.ts";
export { anyVersion } from "./version-2/any-version.ts";
export { Version2Peers } from "./version-2/version-2-peers.ts";
export { widenConnections } from "./wide-connections.ts";
