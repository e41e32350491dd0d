import type { Clock } from "../core/clock.ts";
import { Denied } from "../core/denied.ts";
import type { Desk } from "../core/desk.ts";
import type { Limits } from "../core/limits.ts";
import type { JwtVerifier } from "./jwt-verifier.ts";

/** Requests of its address that a refused token counts for beside the call: checking its signature may take milliseconds. */
const refusedTokenRequests = 19;

/** Verifies tokens, and counts those that are refused for the limits of the address that they came from. */
export function chargedVerify(
  verifier: Pick<JwtVerifier, "verify">,
  limits: Pick<Limits, "charge">,
  clock: Pick<Clock, "now">,
): Desk["verify"] {
  return async (token, address) => {
    try {
      return await verifier.verify(token);
    } catch (error) {
      if (error instanceof Denied && error.reason === "UNAUTHENTICATED")
        limits.charge({ address }, refusedTokenRequests, clock.now());
      throw error;
    }
  };
}
