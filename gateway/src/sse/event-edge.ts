import type { IncomingMessage, ServerResponse } from "node:http";
import { ConnectedClients, queryOf } from "@exosphere/http";
import { Refusal } from "@exosphere/message";
import { Denied } from "../core/denied.ts";
import { type Desk, wantedNames } from "../core/desk.ts";
import type { User } from "../core/user.ts";
import { EventStream, streamHeaders } from "./event-stream.ts";

/** A request for a stream, and who makes it. */
export interface StreamRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: string;
  readonly user: User | undefined;
}

/** `GET /v1/events`: docs/reference/http-api.md. */
export class EventEdge {
  readonly #desk: Desk;
  readonly #clients = new ConnectedClients<EventStream>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Open streams. */
  get size(): number {
    return this.#clients.size;
  }

  /** Bytes that wait for clients. */
  get waitingBytes(): number {
    return this.#clients.waitingBytes;
  }

  /** Opens a stream. Throws a Denied or a Refusal. */
  open({ request, response, address, user }: StreamRequest): void {
    // Its client hung up while its token was checked: nothing would tell that the stream has ended.
    if (response.destroyed) return;
    const desk = this.#desk;
    if (desk.isDraining())
      throw new Denied("DRAINING", "The gateway is shutting down. Come back.", { retryAfterMs: 1000 });
    // Events are a body, which a HEAD has none of: it would wait for the end of the stream.
    if (request.method === "HEAD") return void response.writeHead(200, streamHeaders).end();
    const query = queryOf(request);
    const position = this.#positionOf(request, query);
    const closeConnection = desk.connections.open(address);
    try {
      const names = wantedNames(query.has("names") ? (query.get("names") ?? "").split(",") : undefined, desk);
      const wishes = { isAcking: flagOf(query, "ack"), names };
      const opened = desk.sessions.open({ ...position, user, address, wishes });
      const stream = new EventStream(request, response, desk, opened);
      this.#clients.add(stream);
      response.once("close", () => {
        stream.gone();
        this.#clients.delete(stream);
        closeConnection();
      });
    } catch (error) {
      closeConnection();
      throw error;
    }
  }

  /** Ends every stream. */
  close(code: number, reason: string): void {
    for (const stream of this.#clients) stream.end(code, reason);
  }

  /** What the client was told last stands before what is in the URL, which stays the same when a browser comes back. */
  #positionOf({ headers }: IncomingMessage, query: URLSearchParams) {
    const session = headers["exo-session"];
    const named = typeof session === "string" && session !== "" ? session : undefined;
    const [, offset, token] = /^(\d{1,15})(?:\.(.+))?$/.exec(String(headers["last-event-id"] ?? "")) ?? [];
    const ticket = query.get("ticket");
    const known = token ?? named;
    if (known === undefined && ticket !== null) return { session: this.#redeem(ticket), offset: undefined };
    return { session: known, offset: offset === undefined ? undefined : Number(offset) };
  }

  #redeem(ticket: string): string {
    const token = this.#desk.tickets.redeem(ticket, this.#desk.clock.now());
    if (token !== undefined) return token;
    throw new Denied("UNAUTHENTICATED", "The ticket is used up or too old. Get one by POST /v1/session.", {
      facts: { error: "invalid_ticket" },
    });
  }
}

function flagOf(query: URLSearchParams, name: string): boolean {
  const value = query.get(name) ?? "false";
  if (value !== "true" && value !== "false") throw new Refusal(`'${name}' must be true or false.`);
  return value === "true";
}
