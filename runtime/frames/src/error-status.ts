import { ExoError, encodeStatusDetails, statusDetailsTrailer } from "@exosphere/proto";
import type { StatusObject } from "@grpc/grpc-js";
import { grpc } from "./grpc-module.ts";

/** An error as gRPC tells a client of it: the canonical code, the detail, and the reason as google.rpc.ErrorInfo. */
export function errorStatus(thrown: unknown): StatusObject {
  const error = ExoError.from(thrown);
  const metadata = new (grpc().Metadata)();
  metadata.set(statusDetailsTrailer, Buffer.from(encodeStatusDetails(error)));
  return { code: error.grpcCode, details: error.detail, metadata };
}
