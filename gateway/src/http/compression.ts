import { brotliCompress, brotliDecompress, constants, gunzip, gzip } from "node:zlib";
import { ExoError } from "@exosphere/proto";
import { type Encoding, encodingFor, encodings } from "../core/encoding.ts";

/** Answers below this are sent as they are, in bytes: they fit into one packet anyway. */
const leastBytes = 1024;

/** Levels at which compressing costs as little as sending what they save. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
const gzipOptions = { level: 5 };

/** A body as it is to be sent. */
export interface Encoded {
  readonly body: Buffer;
  readonly encoding: Encoding | undefined;
}

/** Compresses a body if that is worth it and the client takes it. */
export function compress(text: string, accepted: string | undefined, done: (encoded: Encoded) => void): void {
  const body = Buffer.from(text);
  const encoding = body.length < leastBytes ? undefined : encodingFor(accepted);
  const finish = (error: Error | null, compressed: Buffer) =>
    done(error ? { body, encoding: undefined } : { body: compressed, encoding });
  if (encoding === "br") brotliCompress(body, brotliOptions, finish);
  else if (encoding === "gzip") gzip(body, gzipOptions, finish);
  else done({ body, encoding: undefined });
}

/** Undoes the compression of a body, but never beyond `maxBytes`. */
export function decompress(
  body: Buffer,
  encoding: string | undefined,
  maxBytes: number,
  done: (error: Error | undefined, body: Buffer) => void,
): void {
  const finish = (error: NodeJS.ErrnoException | null, plain: Buffer) =>
    done(error ? refusalOf(error, maxBytes) : undefined, plain);
  const options = { maxOutputLength: maxBytes };
  switch (encoding?.toLowerCase() ?? "identity") {
    case "identity":
      return done(undefined, body);
    case "br":
      return brotliDecompress(body, options, finish);
    case "gzip":
      return gunzip(body, options, finish);
    default: {
      const known = encodings.join(" and ");
      return done(new ExoError("INVALID_MESSAGE", `The content-encoding is not understood here: ${known} are.`), body);
    }
  }
}

function refusalOf({ code }: NodeJS.ErrnoException, limit: number): ExoError {
  if (code === "ERR_BUFFER_TOO_LARGE")
    return new ExoError("PAYLOAD_TOO_LARGE", `The body has more than ${limit} bytes: send less.`, { facts: { limit } });
  return new ExoError("INVALID_MESSAGE", "The body is not compressed as its content-encoding says.");
}
