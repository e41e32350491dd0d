import { collectBody } from "@exosphere/http";
import { Refusal } from "@exosphere/message";
import { Denied } from "../core/denied.ts";
import { identityOf } from "../core/server-frame.ts";
import type { Session } from "../core/session.ts";
import type { User } from "../core/user.ts";
import type { ClientEndpoint } from "./client-edge.ts";
import type { Exchange } from "./exchange.ts";

/** More than an acknowledgement ever has, in bytes. */
const maxAckBytes = 1024;

/** `POST /v1/session`: opens a session, or signs in the one that is named. */
const openEndpoint: ClientEndpoint = {
  method: "POST",
  path: "/v1/session",
  route: "session",
  handle(exchange) {
    const { desk } = exchange;
    exchange.identify((user) => {
      exchange.limit(undefined, user);
      if (desk.isDraining())
        throw new Denied("DRAINING", "The gateway is shutting down. Try again.", { retryAfterMs: 1000 });
      const session = openedBy(exchange, user);
      const token = desk.tokens.write(session);
      const body = {
        session: token,
        sessionId: session.id,
        ...identityOf(session.user),
        ticket: desk.tickets.issue(token, session.owner, desk.clock.now()),
        ttlMs: desk.ttlMs,
      };
      desk.store.kept(() => exchange.answer(200, JSON.stringify(body), { "cache-control": "no-store" }));
    });
  },
};

/** `DELETE /v1/session`: ends the session that is named. */
const endEndpoint: ClientEndpoint = {
  method: "DELETE",
  path: "/v1/session",
  route: "session",
  handle(exchange) {
    exchange.admit();
    // Whoever has the token may end it: signing out must work with a JWT that has expired, and while its keys cannot be had.
    const token = exchange.header("exo-session");
    const session = token === undefined ? undefined : exchange.desk.sessions.known(token);
    if (!session) throw noSession(token === undefined ? "Name the session in the header exo-session." : unknownSession);
    exchange.limit(session, undefined);
    exchange.desk.sessions.end(session);
    exchange.empty(204);
  },
};

/** `POST /v1/ack`: the client has dealt with everything up to an offset. */
const ackEndpoint: ClientEndpoint = {
  method: "POST",
  path: "/v1/ack",
  route: "ack",
  handle(exchange) {
    exchange.identify((user) => {
      const session = sessionOf(exchange, user);
      exchange.limit(session, user);
      collectBody(exchange.request, maxAckBytes, (error, body) => {
        if (error) return exchange.fail(error);
        exchange.withPlain(body, maxAckBytes, (plain) => {
          exchange.desk.confirm(session, offsetOf(plain));
          exchange.empty(204);
        });
      });
    });
  },
};

/** What clients do about their sessions over HTTP. */
export const sessionEndpoints: readonly ClientEndpoint[] = [openEndpoint, endEndpoint, ackEndpoint];

function openedBy(exchange: Exchange, user: User | undefined): Session {
  const token = exchange.header("exo-session");
  const { session } = exchange.desk.sessions.open({ session: token, user, address: exchange.address });
  return session;
}

function sessionOf(exchange: Exchange, user: User | undefined): Session {
  const session = exchange.session(user);
  if (session) return session;
  throw noSession("Name the session in the header exo-session.");
}

const unknownSession = "The session of exo-session is not known: it has ended already.";

function noSession(detail: string): Denied {
  return new Denied("UNAUTHENTICATED", detail, { facts: { error: "invalid_session" } });
}

function offsetOf(body: Buffer): number {
  let offset: unknown;
  try {
    offset = (JSON.parse(body.toString("utf8")) as { offset?: unknown } | null)?.offset;
  } catch {}
  if (typeof offset === "number" && Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new Refusal('The body must be {"offset":n}, with the offset of the last message.');
}
