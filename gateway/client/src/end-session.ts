import { type ExoError, exoError } from "./exo-error.ts";

/** How long the gateway may take to end a session, in milliseconds. */
const patienceMs = 8_000;

/**
 * Ends a session at the gateway, and with it all of its connections. It goes on while the page is left, as after a sign-out. Rejects
 * with an ExoError if the gateway cannot be reached.
 */
export async function endSession(socketUrl: string, session: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(sessionUrl(socketUrl), {
      method: "DELETE",
      headers: { "exo-session": session },
      keepalive: true,
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch {
    throw notEnded("The gateway could not be reached");
  }
  await response.body?.cancel();
  // 401: the gateway does not know the session any more, so that there is nothing to end.
  if (!response.ok && response.status !== 401) throw notEnded(`The gateway answered ${response.status}`);
}

/** `wss://host/v1/socket` is beside `https://host/v1/session`. */
function sessionUrl(socketUrl: string): URL {
  const url = new URL(socketUrl);
  url.protocol = url.protocol === "wss:" ? "https:" : "http:";
  url.pathname = `${url.pathname.replace(/\/(v1\/socket)?$/, "")}/v1/session`;
  url.search = "";
  return url;
}

function notEnded(what: string): ExoError {
  const detail = `${what}: the session is forgotten here, and ends there by itself once its time without a connection is over.`;
  return exoError("BROKER_UNAVAILABLE", detail, 503);
}
