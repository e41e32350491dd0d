import { UnknownPreface } from "@exosphere/frames";

/** What the codes of the operating system mean for whoever wants to reach a broker. */
const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "what listens there broke the connection off",
  ENOENT: "there is no such socket",
  ENOTSOCK: "that file is not a socket",
  EACCES: "this user may not open it",
  EPERM: "this user may not open it",
  ENOTFOUND: "no host has that name",
  EAI_AGAIN: "its name cannot be looked up now",
  EHOSTUNREACH: "no route leads to that host",
  ENETUNREACH: "no route leads to that network",
  ETIMEDOUT: "that host does not answer",
};

/** What a connection that cannot be made throws: Node's own errors, or those of grpc-js, which has the code in its text alone. */
type Thrown = Error & { readonly code?: unknown; readonly details?: unknown };

/** Why a broker cannot be reached, in words, with the code of the operating system where there is one. Empty if nothing is known. */
export function whyUnreachable(thrown: Thrown): string {
  const { code, details } = thrown;
  const text = typeof details === "string" ? details : thrown.message;
  const system = typeof code === "string" ? code : /\b(?:connect|getaddrinfo|read|write) (E[A-Z_]+)\b/.exec(text)?.[1];
  if (system !== undefined) return meanings[system] ? `${meanings[system]} (${system})` : system;
  if (text.includes("Name resolution failed")) return "its name cannot be looked up";
  // An HTTP/1 server, a database, anything that does not speak HTTP/2.
  if (thrown instanceof UnknownPreface || text.includes("Protocol error")) return "what listens there is not a broker";
  // A gRPC or HTTP/2 server that does not know the method.
  if (code === unimplemented) return "what listens there is not a broker of Exosphere";
  return "";
}

/** gRPC's status UNIMPLEMENTED, to which grpc-js turns an HTTP status 404 as well. */
const unimplemented = 12;
