import type { BrotliOptions, ZlibOptions } from "node:zlib";

/** Called once: with the decoded bytes, or with what is wrong with them, for people. */
export type Decoded = (mistake: string | undefined, body: Buffer) => void;

type Decoder = (
  body: Buffer,
  options: ZlibOptions & BrotliOptions,
  done: (error: NodeJS.ErrnoException | null, decoded: Buffer) => void,
) => void;

/** Codings that apps use although `identity` was asked for, by their names of RFC 9110, section 8.4.1. Loaded with their first use. */
function decoderOf(coding: string): Decoder | undefined {
  const { gunzip, brotliDecompress } = process.getBuiltinModule("node:zlib");
  if (coding === "gzip" || coding === "x-gzip") return gunzip;
  return coding === "br" ? brotliDecompress : undefined;
}

/** Whether a Content-Encoding changes the bytes of a body. */
export function isCoded(coding: string): boolean {
  return coding !== "" && coding !== "identity";
}

/** Undoes the Content-Encoding of an app's answer. What it decodes to is bounded as an answer is, so that a few bytes cannot fill the memory. */
export function decodeAnswer(body: Buffer, coding: string, maxBytes: number, decoded: Decoded): void {
  const decode = decoderOf(coding);
  if (!decode) {
    const detail = `The app's answer is compressed by '${coding}', although accept-encoding asks for identity: gzip and br are read.`;
    return decoded(detail, body);
  }
  decode(body, { maxOutputLength: maxBytes }, (error, result) => {
    if (!error) return decoded(undefined, result);
    if (error.code === "ERR_BUFFER_TOO_LARGE") decoded(`The app's answer has more than ${maxBytes} bytes.`, body);
    else decoded(`The app's answer is not the ${coding} that its content-encoding says.`, body);
  });
}
