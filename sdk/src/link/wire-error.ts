import { decodeStatusDetails, ExoError, statusDetailsTrailer } from "@exosphere/proto";
import type { ServiceError } from "@grpc/grpc-js";

/** Why a stream failed: the broker's own reason where it gave one, else BROKER_UNAVAILABLE. */
export function errorOfStream(thrown: Error, address: string): ExoError {
  const details = (thrown as Partial<ServiceError>).metadata?.get(statusDetailsTrailer)[0];
  const told = Buffer.isBuffer(details) ? decodeStatusDetails(details) : undefined;
  return told ?? brokerUnavailable(`The broker at ${address} cannot be reached. Is it running?`, thrown);
}

/** BROKER_UNAVAILABLE with a detail. */
export function brokerUnavailable(detail: string, cause?: unknown): ExoError {
  return new ExoError("BROKER_UNAVAILABLE", detail, { cause, retryAfterMs: 1000 });
}
