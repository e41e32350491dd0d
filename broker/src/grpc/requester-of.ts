import { requesterNumber } from "@exosphere/frames";
import { ExoError, type Registration } from "@exosphere/proto";

/** Bounds of the secret of an instance, in bytes: as many as cannot be guessed, and no more than a hash has. */
const minKeyBytes = 8;
const maxKeyBytes = 32;

/** The number by which replies find an instance that attaches. Throws INVALID_MESSAGE if it has no key. */
export function requesterOf({ role, key: { byteLength }, key }: Registration): number {
  if (byteLength >= minKeyBytes && byteLength <= maxKeyBytes) return requesterNumber(role, key);
  throw new ExoError(
    "INVALID_MESSAGE",
    `A registration needs a key of ${minKeyBytes} to ${maxKeyBytes} random bytes, and this one has ${byteLength}. Make one for the life of the process.`,
  );
}
