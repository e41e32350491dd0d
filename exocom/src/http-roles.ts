import type { IncomingMessage } from "node:http";
import { type Endpoint, restOf, roleHeader } from "@exosphere/http";
import { checkName } from "@exosphere/message";
import { ExoError } from "@exosphere/proto";
import type { Sender } from "@exosphere/sidecar/edges";
import { Member, type Membership } from "./member.ts";
import { checkRole } from "./member-seats.ts";
import type { RoleMemory } from "./role-memory.ts";

/** What a role may send. */
interface Rights {
  readonly route: { readonly sends: readonly string[] };
}

/** What sending over HTTP needs. */
export interface HttpRolesOptions extends Membership {
  readonly roles: () => ReadonlyMap<string, Rights>;
  readonly agent: string;
  readonly memory: RoleMemory;
  /** A message of a role was accepted, or refused. */
  readonly sent: (role: string, name: string, refused: Error | undefined) => void;
}

/** A role that somebody sends for, and its endpoints by path. */
interface HttpRole {
  readonly member: Member;
  readonly endpoints: Map<string, Endpoint>;
}

/** Who sends over HTTP: an instance of each role that somebody sends for, which takes no deliveries but replies. */
export class HttpRoles {
  readonly #options: HttpRolesOptions;
  /** As many as the routes have roles. */
  readonly #byRole = new Map<string, HttpRole>();

  constructor(options: HttpRolesOptions) {
    this.#options = options;
  }

  /** An endpoint of the sidecar's edge, which each request speaks to for a role of its own. */
  endpoint(path: string, make: (sender: Sender) => Endpoint): Endpoint {
    return {
      method: "POST",
      path,
      handle: (request, response, match) => {
        const role = namedRole(request) ?? this.#onlySender(checkName(restOf(match)));
        const { endpoints } = this.#of(role);
        let endpoint = endpoints.get(path);
        if (!endpoint) {
          endpoint = make(this.senderOf(role));
          endpoints.set(path, endpoint);
        }
        endpoint.handle(request, response, match);
      },
    };
  }

  /** The place of a role. Throws NOT_ALLOWED if the routes have no such role. */
  senderOf(role: string): Sender {
    const { bus, completer, observer } = this.#of(role).member;
    return { bus, completer, observer };
  }

  /** Who is on the bus for somebody. */
  get members(): Member[] {
    return [...this.#byRole.values()].map(({ member }) => member);
  }

  /** Everybody leaves the bus. Resolves when they have. */
  async leave(): Promise<void> {
    await Promise.all([...this.#byRole.values()].map(({ member }) => member.leave()));
  }

  /** The place of whoever sends a message: the role that is named, or the only one that may send it. */
  senderOfMessage(name: string, role: string | undefined): Sender {
    return this.senderOf(role ?? this.#onlySender(name));
  }

  /** The role that a request asks for the messages of. Throws INVALID_MESSAGE if it names none. */
  receiverOf(request: IncomingMessage): string {
    const role = namedRole(request);
    if (role !== undefined) return role;
    const all = [...this.#options.roles().keys()].sort().join(", ");
    throw new ExoError("INVALID_MESSAGE", `Say by the header '${roleHeader}' whose inbox this is: ${all}.`);
  }

  /** The only role that may send a message. */
  #onlySender(name: string): string {
    const senders = [...this.#options.roles()].filter(([, { route }]) => route.sends.includes(name));
    if (senders.length === 1) return (senders[0] as [string, Rights])[0];
    if (senders.length === 0) {
      const detail = `No role may send '${name}'. Add it to the sends of a service.yml, or spell it as that has it.`;
      throw new ExoError("NOT_ALLOWED", detail, { facts: { name } });
    }
    const who = senders.map(([role]) => role).join(", ");
    throw new ExoError("INVALID_MESSAGE", `Say by the header '${roleHeader}' which role sends '${name}': ${who} may.`);
  }

  #of(role: string): HttpRole {
    checkRole(role, this.#options.roles());
    let found = this.#byRole.get(role);
    if (!found) {
      found = this.#join(role);
      this.#byRole.set(role, found);
    }
    return found;
  }

  #join(role: string): HttpRole {
    const { agent, memory, sent } = this.#options;
    const member = new Member(
      {
        role,
        agent,
        memory: memory.of(role),
        // None should come, as it has no credit.
        onDelivery: (incoming) => member.settle(incoming, "returned"),
        onLost: () => {
          this.#byRole.delete(role);
          member.bus.close();
        },
        sent: (name, refused) => sent(role, name, refused),
      },
      this.#options,
    );
    return { member, endpoints: new Map() };
  }
}

/** The role that a request names. */
function namedRole(request: IncomingMessage): string | undefined {
  const named = request.headers[roleHeader];
  return typeof named === "string" && named !== "" ? named : undefined;
}
