import { hash } from "node:crypto";

/**
 * The number that stands for the handler of a message, wherever in a mesh the message is known: the first 53 bits of SHA-256 over the
 * role that handles it, its activity and its id, with a zero byte between them. See Publish.awaiting of the contract.
 */
export function handlerNumber(role: string, activityId: string, id: string): number {
  return first53Bits(hash("sha256", `${role}\0${activityId}\0${id}`, "buffer"));
}

/**
 * The number by which replies find an instance, whichever broker it is attached to: the first 53 bits of SHA-256 over its role, a
 * zero byte and its secret key. See Registration.key of the contract.
 */
export function requesterNumber(role: string, key: Uint8Array): number {
  return first53Bits(hash("sha256", Buffer.concat([Buffer.from(`${role}\0`), key]), "buffer"));
}

/** A number that stands for an activity where its id is too long to be kept: the first 53 bits of its SHA-256. */
export function activityNumber(activityId: Uint8Array): number {
  return first53Bits(hash("sha256", activityId, "buffer"));
}

function first53Bits(digest: Buffer): number {
  return digest.readUInt32BE(0) * 2 ** 21 + (digest.readUInt32BE(4) >>> 11);
}
