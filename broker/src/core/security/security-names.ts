/** The role that, where the routes name it, is asked about every message of all others: docs/architecture.md, "With a security role". */
export const securityRole = "security";

/** The bus asks: may this message be delivered? */
export const authorizeMessage = "authorize message";
/** The answer to a `security request`. */
export const securityResponse = "security response";
/** The verdict: it may. */
export const messageAuthorized = "message authorized";
/** The verdict: it may not. Also what the bus tells those who subscribe to it of a message that was refused. */
export const messageUnauthorized = "message unauthorized";
/** The security role has a message of its own delivered, unchecked, and wants the answer. */
export const securityRequest = "security request";

/** What only the bus says, and only to the security role. */
export const fromBus: readonly string[] = [authorizeMessage, securityResponse];
/** What only the security role says, and only to the bus. */
export const fromSecurity: readonly string[] = [messageAuthorized, messageUnauthorized, securityRequest];
