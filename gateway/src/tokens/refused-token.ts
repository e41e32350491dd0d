import { errors } from "jose";

/** Why tokens are refused: in the log and in metrics. */
export const tokenRefusals = [
  "not_configured",
  "too_large",
  "malformed",
  "algorithm",
  "unknown_key",
  "signature",
  "expired",
  "not_yet_valid",
  "issuer",
  "audience",
  "claim",
  "subject_not_text",
  "subject_length",
  "keys_unavailable",
  "unexpected",
] as const;

/** One of these reasons. */
export type TokenRefusal = (typeof tokenRefusals)[number];

const byCode: Readonly<Record<string, TokenRefusal>> = {
  ERR_JWT_EXPIRED: "expired",
  ERR_JWT_INVALID: "malformed",
  ERR_JWS_INVALID: "malformed",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "signature",
  ERR_JWKS_NO_MATCHING_KEY: "unknown_key",
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: "unknown_key",
  ERR_JOSE_ALG_NOT_ALLOWED: "algorithm",
  ERR_JOSE_NOT_SUPPORTED: "algorithm",
};

const byClaim: Readonly<Record<string, TokenRefusal>> = { iss: "issuer", aud: "audience", nbf: "not_yet_valid" };

/** Why a token was refused, by what its verification threw. */
export function refusalOf(error: unknown): TokenRefusal {
  if (error instanceof errors.JWTClaimValidationFailed) {
    const isNotThere = error.reason !== "check_failed";
    return isNotThere && error.claim === "nbf" ? "claim" : (byClaim[error.claim] ?? "claim");
  }
  return (error instanceof errors.JOSEError && byCode[error.code]) || "unexpected";
}
