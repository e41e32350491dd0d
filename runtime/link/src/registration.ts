import { newRegistration, protocolVersion, type Registration } from "@exosphere/proto";
import type { LinkConfig } from "./link-config.ts";

/** Length of a key, in bytes: too long to be guessed, of the 8 to 32 that the contract allows. */
const keyBytes = 16;

/** A secret of a running copy, of which brokers make the number that its return paths have. */
export function newKey(): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(keyBytes));
}

/** What an instance says of itself when it attaches. The token is read anew each time. */
export function registrationOf(
  { role, instanceId, token, agent }: LinkConfig,
  now: Pick<Registration, "key" | "credit" | "epoch" | "confirmedThrough">,
): Registration {
  const present = typeof token === "function" ? token() : token;
  return newRegistration({ protocolVersion, role, instanceId, token: present, agent, ...now });
}
