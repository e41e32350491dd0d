import { decodeEnvelope } from "./envelope-codec.ts";

/** Tags of the fields that hold bytes, 1 to 4, and text, 5 and 6: each with a length before it (wire type 2). */
const [firstTag, firstTextTag, lastTag] = [0x0a, 0x2a, 0x32];

/**
 * Whether bytes are an envelope that `decodeEnvelope` takes. Walks over the fields without making anything of them, which
 * costs a fraction of decoding; whatever is out of the ordinary is tried for real.
 */
export function isEnvelope(bytes: Uint8Array): boolean {
  return isPlain(bytes) || isDecodable(bytes);
}

/** Whether it consists of known fields that are complete, with trace contexts in ASCII. */
function isPlain(bytes: Uint8Array): boolean {
  const end = bytes.byteLength;
  let at = 0;
  while (at < end) {
    const tag = bytes[at++] as number;
    if (tag < firstTag || tag > lastTag || (tag & 7) !== 2) return false;
    let length = 0;
    let shift = 0;
    let byte = 0x80;
    while (byte >= 0x80) {
      // Longer than any frame: 2^28.
      if (at >= end || shift > 21) return false;
      byte = bytes[at++] as number;
      length |= (byte & 0x7f) << shift;
      shift += 7;
    }
    const next = at + length;
    if (next > end) return false;
    if (tag >= firstTextTag)
      for (let each = at; each < next; each += 1) if ((bytes[each] as number) >= 0x80) return false;
    at = next;
  }
  return true;
}

function isDecodable(bytes: Uint8Array): boolean {
  try {
    decodeEnvelope(bytes);
    return true;
  } catch {
    return false;
  }
}
