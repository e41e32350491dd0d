/**
 * Stands for an activity where a mix-up does no harm: two FNV-1a hashes of 32 bits side by side, put together to a whole
 * number from 1 to 2^53. The seed, another for each broker, keeps others from choosing activities that meet in one place.
 */
export function activityHash(bytes: Uint8Array, seed: number): number {
  let low = 0x811c9dc5 ^ seed;
  let high = 0x9dc5811c ^ seed;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x01000197);
  }
  return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0) + 1;
}
