import { ExoError } from "@exosphere/proto";

/** INVALID_MESSAGE with a detail: the app has broken the contract. */
export function malformed(detail: string): ExoError {
  return new ExoError("INVALID_MESSAGE", detail);
}
