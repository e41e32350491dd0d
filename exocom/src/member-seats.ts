import { ExoError } from "@exosphere/proto";
import type { Seat, Seats, Taker } from "@exosphere/sidecar/edges";
import { Member, type Membership } from "./member.ts";
import type { RoleMemory } from "./role-memory.ts";

/** What the places of connections are made of. */
export interface MemberSeatsOptions extends Membership {
  readonly roles: () => ReadonlyMap<string, unknown>;
  readonly agent: string;
  readonly memory: RoleMemory;
}

/** Each WebSocket, and each inbox, is an instance of the role that it registers for. */
export class MemberSeats implements Seats {
  /** Who is on the bus by a connection. */
  readonly members = new Set<Member>();
  readonly #options: MemberSeatsOptions;
  /** Those whose connections are gone, until what they said last is confirmed. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: MemberSeatsOptions) {
    this.#options = options;
  }

  take(role: string, taker: Taker): Seat {
    const { roles, agent, memory } = this.#options;
    checkRole(role, roles());
    const member = new Member(
      {
        role,
        agent,
        onDelivery: (incoming) => taker.deliver(incoming),
        onLost: () => taker.close(),
        // The edge of the connections tells itself.
        sent: () => {},
      },
      this.#options,
    );
    this.members.add(member);
    const forget = memory.join(role, member.received);
    return {
      bus: member.bus,
      completer: member.completer,
      received: member.received,
      settle: (incoming, ending, detail) => member.settle(incoming, ending, detail),
      windowChanged: () => member.bus.setWindow(taker.window),
      leave: () => {
        forget();
        const leaving = member.leave().finally(() => {
          this.#leaving.delete(leaving);
          this.members.delete(member);
        });
        this.#leaving.add(leaving);
      },
    };
  }

  /** Resolves when everybody has left whose connection is gone. */
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
