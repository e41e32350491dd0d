import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { ExoError, type Facts } from "./exo-error.ts";

/** Trailer in which gRPC carries an encoded google.rpc.Status. */
export const statusDetailsTrailer = "grpc-status-details-bin";

const errorInfoType = "type.googleapis.com/google.rpc.ErrorInfo";
const domain = "exosphere";

/**
 * An error as google.rpc.Status with a google.rpc.ErrorInfo (googleapis, google/rpc/error_details.proto). Three messages of
 * two fields each; written by hand, so that the contract needs no copy of googleapis.
 */
export function encodeStatusDetails(error: ExoError): Uint8Array {
  const info = new BinaryWriter().uint32(10).string(error.reason).uint32(18).string(domain);
  const metadata = {
    ...error.facts,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  };
  for (const [key, value] of Object.entries(metadata)) {
    info.uint32(26).fork().uint32(10).string(key).uint32(18).string(String(value)).join();
  }
  return new BinaryWriter()
    .uint32(8)
    .int32(error.grpcCode)
    .uint32(18)
    .string(error.detail)
    .uint32(26)
    .fork()
    .uint32(10)
    .string(errorInfoType)
    .uint32(18)
    .bytes(info.finish())
    .join()
    .finish();
}

/** The error that a peer encoded, or undefined if the bytes hold none of ours. */
export function decodeStatusDetails(bytes: Uint8Array): ExoError | undefined {
  try {
    const status = fieldsOf(bytes);
    for (const detail of status.get(3) ?? []) {
      const any = fieldsOf(detail);
      if (textOf(any.get(1)) === errorInfoType)
        return errorOf(fieldsOf(any.get(2)?.[0] ?? none), textOf(status.get(2)));
    }
  } catch {
    // Not what it should be: the caller falls back to the status code.
  }
  return undefined;
}

const none = new Uint8Array(0);

function errorOf(info: Map<number, Uint8Array[]>, detail: string): ExoError | undefined {
  if (textOf(info.get(2)) !== domain) return undefined;
  const facts: Record<string, string> = {};
  for (const entry of (info.get(3) ?? []).map(fieldsOf)) facts[textOf(entry.get(1))] = textOf(entry.get(2));
  const { retryAfterMs, ...rest } = facts;
  return ExoError.fromWire(textOf(info.get(1)), detail, {
    facts: rest as Facts,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs: Number(retryAfterMs) }),
  });
}

/** The length-delimited fields of a message, by number. The others are passed over. */
function fieldsOf(bytes: Uint8Array): Map<number, Uint8Array[]> {
  const fields = new Map<number, Uint8Array[]>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type !== 2) {
      reader.skip(type);
      continue;
    }
    fields.set(number, [...(fields.get(number) ?? []), reader.bytes()]);
  }
  return fields;
}

function textOf(values: readonly Uint8Array[] | undefined): string {
  return new TextDecoder().decode(values?.[0] ?? none);
}
