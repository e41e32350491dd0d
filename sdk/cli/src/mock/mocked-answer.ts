import { ExoError } from "@exosphere/proto";
import type { PlayedRole } from "@exosphere/sdk/testing";
import type { ControlBody } from "./control-body.ts";

interface Reply {
  readonly name: string;
  readonly payload?: unknown;
  readonly auth?: unknown;
}

/** How a role shall deal with a message: one of `reply`, `replies`, `fails` and `hangs`, with `times` and `afterMs`. */
export function answerOf(body: ControlBody): (role: PlayedRole, name: string) => void {
  const ways = ["reply", "replies", "fails", "hangs"] as const;
  const values = new Map(ways.map((way) => [way, body.any(way)]));
  const times = body.number("times", 1);
  const afterMs = body.number("afterMs", 0);
  body.close();
  const said = ways.filter((way) => values.get(way) !== undefined);
  const [way] = said;
  if (way === undefined || said.length !== 1)
    throw new ExoError("INVALID_MESSAGE", "Say one of 'reply', 'replies', 'fails' and 'hangs'.");
  const value = values.get(way);
  const options = { ...(times !== undefined && { times }), ...(afterMs !== undefined && { afterMs }) };
  switch (way) {
    case "reply":
      return (role, name) => role.replies(name, replyOf(value), options);
    case "replies":
      if (!Array.isArray(value)) throw new ExoError("INVALID_MESSAGE", "'replies' must be a list of replies.");
      return (role, name) => role.replies(name, value.map(replyOf), options);
    case "fails":
      if (value !== true && typeof value !== "string")
        throw new ExoError("INVALID_MESSAGE", "'fails' must be true, or the reason as text.");
      return (role, name) => role.fails(name, typeof value === "string" ? value : undefined, options);
    case "hangs":
      if (value !== true) throw new ExoError("INVALID_MESSAGE", "'hangs' must be true.");
      return (role, name) => role.hangs(name, options);
  }
}

function replyOf(value: unknown): Reply {
  if (typeof (value as Partial<Reply> | null)?.name === "string") return value as Reply;
  throw new ExoError("INVALID_MESSAGE", 'A reply is an object with a name: {"name": "users.created", "payload": {}}.');
}
