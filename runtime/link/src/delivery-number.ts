/** Numbers of deliveries on one stream: an `Incoming.number` has the attachment's ordinal above them. */
const numbersOfStream = 2 ** 32;

/** The number of a delivery among all of a link. */
export function linkNumber(ordinal: number, onStream: number): number {
  return ordinal * numbersOfStream + onStream;
}

/** The number of a delivery on its stream: the lower 32 bits. */
export function streamNumber(number: number): number {
  return number >>> 0;
}
