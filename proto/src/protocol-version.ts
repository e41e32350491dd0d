/**
 * Version of the attach protocol that this code speaks. Grows by one with each change that an older peer cannot take.
 *
 * 2: after Leave an instance keeps its credit with a broker that drains, and replies to what came from there. 3: requesters are named
 * by numbers made of their own keys, messages carry the chain of handlers that wait, and instances own their windows.
 */
export const protocolVersion = 3;

/** Oldest version that a broker of this code still serves: the one before its own. */
export const oldestProtocolVersion: number = protocolVersion - 1;

/** The versions that are served, for error texts. */
export function describeProtocol(): string {
  return `versions ${oldestProtocolVersion} to ${protocolVersion}`;
}
