/** Version of the attach protocol that this code speaks. Grows by one with each change that an older peer cannot take. */
export const protocolVersion = 1;

/** Oldest version that a broker of this code still serves: the one before its own. */
export const oldestProtocolVersion = Math.max(1, protocolVersion - 1);

/** The versions that are served, for error texts. */
export function describeProtocol(): string {
  return oldestProtocolVersion === protocolVersion
    ? `version ${protocolVersion}`
    : `versions ${oldestProtocolVersion} to ${protocolVersion}`;
}
