import { ExoError } from "@exosphere/proto";
import type { Seat, Seats, ServiceSocket } from "@exosphere/sidecar/edges";
import { Member, type Membership } from "./member.ts";

/** What the places of sockets are made of. */
export interface SocketSeatsOptions extends Membership {
  readonly roles: () => ReadonlyMap<string, unknown>;
  readonly agent: string;
}

/** Each socket is an instance of the role that it registers for. */
export class SocketSeats implements Seats {
  /** Who is on the bus by a socket. */
  readonly members = new Set<Member>();
  readonly #options: SocketSeatsOptions;
  /** Those whose sockets are gone, until what they said last is confirmed. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: SocketSeatsOptions) {
    this.#options = options;
  }

  take(role: string, socket: ServiceSocket): Seat {
    const { roles, agent } = this.#options;
    checkRole(role, roles());
    const member = new Member(
      {
        role,
        agent,
        onDelivery: (incoming) => socket.deliver(incoming),
        onLost: () => socket.close(),
        // The edge of the sockets tells itself.
        sent: () => {},
      },
      this.#options,
    );
    this.members.add(member);
    return {
      bus: member.bus,
      completer: member.completer,
      received: member.received,
      settle: (incoming, ending, detail) => member.settle(incoming, ending, detail),
      windowChanged: () => member.bus.setWindow(socket.window),
      leave: () => {
        const leaving = member.leave().finally(() => {
          this.#leaving.delete(leaving);
          this.members.delete(member);
        });
        this.#leaving.add(leaving);
      },
    };
  }

  /** Resolves when everybody has left whose socket is gone. */
  async left(): Promise<void> {
    await Promise.all(this.#leaving);
  }
}

/** Throws NOT_ALLOWED if the routes have no such role. */
export function checkRole(role: string, roles: ReadonlyMap<string, unknown>): void {
  if (roles.has(role)) return;
  const detail = `The routes have no role '${role}'. There are: ${[...roles.keys()].sort().join(", ")}.`;
  throw new ExoError("NOT_ALLOWED", detail, { facts: { role } });
}
