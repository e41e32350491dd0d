/** After these codes no other attempt helps, and what is to be done instead. */
export const lasting: Readonly<Record<number, readonly [reason: string, detail: string]>> = {
  1000: ["DRAINING", "This session was ended. Connect anew."],
  1002: ["INVALID_MESSAGE", "The gateway does not understand this client."],
  1007: ["INVALID_MESSAGE", "The gateway does not understand this client."],
  1008: ["INVALID_MESSAGE", "The gateway does not understand this client."],
  1009: ["PAYLOAD_TOO_LARGE", "A frame was larger than the gateway takes."],
};

/** The code for a JWT that is not accepted, or has expired. */
export const badToken = 4401;

/** The code where another connection took the session over, such as that of a duplicated tab. */
export const takenOver = 4409;

/**
 * How often the first pause is doubled at least: a gateway that restarts has all of its clients come at once, and one that
 * says "too much" or has failed wants to be left alone for a moment.
 */
export const leastPauses: Readonly<Record<number, number>> = { 1011: 3, 1012: 3, 1013: 2, 4429: 4 };
