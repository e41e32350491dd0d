import { errorOf } from "@exosphere/http";
import { ExoError } from "@exosphere/proto";
import { Denied } from "./core/denied.ts";

/** Whatever was thrown or reported, as an error of the catalogue. */
export function failureOf(thrown: unknown): ExoError {
  if (!(thrown instanceof Denied)) return forClients(errorOf(thrown));
  const { reason, detail, facts, retryAfterMs } = thrown;
  return new ExoError(reason, detail, { facts, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

/** The bus says to services which role lacks what in which file: clients can do nothing about it, and learn of no roles. */
function forClients(error: ExoError): ExoError {
  const { reason, facts } = error;
  const { name } = facts;
  const message = typeof name === "string" ? `'${shorten(name)}'` : "This message";
  const text = texts[reason];
  return text === undefined
    ? error
    : new ExoError(reason, text(message), { facts: name === undefined ? {} : { name } });
}

const texts: Readonly<Record<string, (message: string) => string>> = {
  NOT_ALLOWED: (message) =>
    `${message} is not exchanged with clients of this gateway at the moment. See /openapi.json for what is.`,
  NO_RECEIVERS: (message) => `${message} has no receivers at the moment. See /openapi.json for what clients may send.`,
};

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
