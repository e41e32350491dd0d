import { readFileSync } from "node:fs";
import { SettingsError } from "@exosphere/settings";

/** Far above what any bus takes by default, and little enough to hold in memory. Bytes. */
const maxBytes = 64 * 1024 * 1024;

/** Where a payload may come from. */
export interface PayloadSource {
  /** The argument behind the name: JSON, or "-" for what comes on stdin. */
  readonly argument: string | undefined;
  readonly file: string | undefined;
  readonly stdin: AsyncIterable<Uint8Array>;
}

/**
 * The payload, byte for byte; undefined if there is none.
 *
 * @throws SettingsError if it is no JSON, too long, or comes from two places
 */
export async function readPayload({ argument, file, stdin }: PayloadSource): Promise<Uint8Array | undefined> {
  if (argument !== undefined && file !== undefined)
    throw new SettingsError(["the payload is given as an argument and by --file: keep one of them"]);
  if (file !== undefined) return checked(readFileSync(file), `--file ${file}`);
  if (argument === "-") return checked(await all(stdin), "stdin");
  return argument === undefined ? undefined : checked(Buffer.from(argument), "the payload");
}

async function all(stdin: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new SettingsError([`stdin: has more than ${maxBytes} bytes, the most that is sent`]);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function checked(bytes: Buffer, origin: string): Buffer {
  if (bytes.length > maxBytes)
    throw new SettingsError([`${origin}: has more than ${maxBytes} bytes, the most that is sent`]);
  try {
    JSON.parse(bytes.toString("utf8"));
    return bytes;
  } catch (error) {
    const hint = origin === "the payload" ? `; quote it for the shell: '{"name":"Ada"}', or '"text"'` : "";
    throw new SettingsError([`${origin} is no JSON: ${(error as Error).message}${hint}`]);
  }
}
