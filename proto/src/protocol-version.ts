/**
 * Version of the attach protocol that this code speaks. Grows by one with each change that an older peer cannot take.
 *
 * 1: the first. 2: after Leave an instance keeps its credit with a broker that drains, and replies to what came from there.
 */
export const protocolVersion = 2;

/** From this version on, an instance that is asked to move does, and takes what its old broker still has for it. */
export const movingProtocolVersion = 2;

/** From this version on, requesters are named by their own keys, and instances own their windows. */
export const requesterProtocolVersion = 3;

/** Oldest version that a broker of this code still serves: the one before its own. */
export const oldestProtocolVersion = Math.max(1, protocolVersion - 1);

/** The versions that are served, for error texts. */
export function describeProtocol(): string {
  return oldestProtocolVersion === protocolVersion
    ? `version ${protocolVersion}`
    : `versions ${oldestProtocolVersion} to ${protocolVersion}`;
}
