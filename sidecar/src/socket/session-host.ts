import type { Ending, Incoming, Link } from "@exosphere/link";
import type { ExoError, Registration, RouteSlice } from "@exosphere/proto";

/** Counts what goes over the socket. */
export interface SocketObserver {
  sent(name: string, refused: Error | undefined): void;
  answered(name: string, seconds: number): void;
  handled(name: string, ending: Exclude<Ending, "returned">, seconds: number): void;
}

/** The link to the bus, as far as the socket needs it. */
export type SocketBus = Pick<Link, "forward" | "abandon" | "topology">;

/** What the messages of an app need from the sidecar around it. */
export interface PublishHost {
  readonly bus: SocketBus;
  readonly observer: SocketObserver;
  readonly maxPayloadBytes: number;
}

/** What a stream of the app, a `Session`, needs from the sidecar around it. */
export interface SessionHost<Session> extends PublishHost {
  /** What the sidecar runs, for people. */
  readonly agent: string;
  /** Bytes that may wait for an app that does not read, before its stream ends. */
  readonly maxUnreadBytes?: number | undefined;
  /** The role's routes, once a broker has told them. */
  readonly slice: RouteSlice | undefined;
  /** Names the life of a stream. */
  epoch(): string;
  /** Checks who attaches. Throws an ExoError to refuse. */
  admit(registration: Registration, session: Session): void;
  /** The app wants deliveries by this stream. Throws an ExoError to refuse. */
  claim(session: Session): void;
  isConsumer(session: Session): boolean;
  /** The stream takes more deliveries than before, or fewer. */
  windowChanged(session: Session): void;
  settle(incoming: Incoming, ending: Ending, detail?: string, retryAfterMs?: number): void;
  /** The app has settled everything that it was given. */
  idle(): void;
  ended(session: Session): void;
}

/** How a stream is refused. */
export type Refuse = (error: ExoError) => void;
