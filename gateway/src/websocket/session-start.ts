import { Refusal } from "@exosphere/message";
import type { ExoError } from "@exosphere/proto";
import type { ClientFrame, ConnectFrame } from "../core/client-frame.ts";
import { type Desk, wantedNames } from "../core/desk.ts";
import { LiveSession, type LiveSink } from "../core/live-session.ts";
import { welcomeFrame } from "../core/server-frame.ts";
import { closeCodes } from "../core/session.ts";
import type { User } from "../core/user.ts";

/** How a connection ends whose `connect` is refused, by reason; else as one that was not understood. */
const codes: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: closeCodes.unauthenticated,
  IDENTITY_UNAVAILABLE: closeCodes.tryLater,
  RATE_LIMITED: closeCodes.tooMany,
  DRAINING: closeCodes.restart,
  INTERNAL: closeCodes.internal,
};

/** What the upgrade to a WebSocket said of its client. */
export interface Upgraded {
  readonly desk: Desk;
  readonly address: string;
  readonly user: User | undefined;
  readonly session: string | undefined;
}

/** Begins the session of a client whose first frame is a message: it knows no other frames. Throws a Refusal if it is not. */
export function startPlain(frame: ClientFrame, upgraded: Upgraded, sink: LiveSink): LiveSession {
  if (frame.kind !== "message") throw new Refusal("The first frame must be of the type 'connect', or a message.");
  const { desk, user, session, address } = upgraded;
  return new LiveSession(desk, desk.sessions.open({ user, session, address }), sink);
}

/** A session that has begun. */
export interface Started {
  readonly live: LiveSession;
  /** Runs `tell` with the welcome once what that promises is kept: at once, or later. */
  welcome(tell: (frame: string) => void): void;
}

/** Begins the session that a `connect` asks for, or goes on with it. Throws a Denied or a Refusal. */
export function startConnected(
  frame: ConnectFrame,
  { desk, session, address }: Upgraded,
  user: User | undefined,
  sink: LiveSink,
): Started {
  const wishes = { isAcking: frame.isAcking, names: wantedNames(frame.names, desk) };
  const opened = desk.sessions.open({
    session: frame.session ?? session,
    offset: frame.offset,
    user,
    address,
    wishes,
  });
  const live = new LiveSession(desk, opened, sink);
  const { pingMs, ttlMs, maxPayloadBytes: maxPayload, tokens } = desk;
  const token = tokens.write(opened.session);
  return {
    live,
    welcome: (tell) => desk.store.kept(() => tell(welcomeFrame(opened, { token, pingMs, ttlMs, maxPayload }))),
  };
}

/** How a connection ends whose `connect` is refused. */
export function endingOf({ reason, detail }: ExoError): { readonly code: number; readonly text: string } {
  const code = codes[reason] ?? closeCodes.policy;
  return { code, text: reason === "INTERNAL" ? "an unexpected error" : shorten(detail) };
}

/** A close frame has room for 123 bytes: RFC 6455, section 5.5. */
function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
