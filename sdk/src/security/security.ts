import type { RequestOptions } from "../client/caller.ts";
import type { Message } from "../client/message.ts";
import type {
  AnyMessages,
  ReceivedName,
  ReceivedPayload,
  RoleMessages,
  Said,
  SentName,
  SentPayload,
} from "../messages.ts";
import { type Service, type ServiceOptions, service } from "../service/service.ts";

/**
 * A message as the bus shows it to the security role: as it was sent, beside `sender`, which the bus knows. Its name is the
 * sender's own; of an answer, that of the security role.
 */
export interface ShownMessage<Name extends string = string, Payload = unknown>
  extends Omit<Message<Name, Payload>, "responseTo" | "timestamp" | "responseTime" | "attempt"> {
  /** Always false: what the security role sends itself is not checked. */
  readonly isSecurity: boolean;
  /** The role that sends it. */
  readonly sender: string;
}

/** Any message that answers a request of the security role. Compare its `name`, and the compiler knows its payload. */
export type SecurityAnswer<M extends RoleMessages = AnyMessages> = {
  [N in ReceivedName<M>]: ShownMessage<N, ReceivedPayload<M, N>>;
}[ReceivedName<M>];

/**
 * Asks another role, unchecked, on the way to a verdict. The default deadline is 4 s, as the bus refuses the message after 5.
 * Rejects as any request does.
 */
export type SecurityRequest<M extends RoleMessages = AnyMessages> = <N extends SentName<M>>(
  name: N,
  ...said: Said<SentPayload<M, N>, RequestOptions>
) => Promise<SecurityAnswer<M>>;

/** Decides whether a message is delivered. */
export type IsAuthorized<M extends RoleMessages = AnyMessages> = (
  message: ShownMessage,
  request: SecurityRequest<M>,
) => boolean | Promise<boolean>;

/** Of the five seconds that the bus waits for a verdict, one is left for giving it: in milliseconds. */
const requestDeadlineMs = 4_000;

/**
 * Plays the role `security`: asks `isAuthorized` about every message of every other role. Only `true` lets it pass: what it
 * throws, or anything else that it returns, refuses the message and is logged. See docs/security.md for what the bus does.
 */
export function security<M extends RoleMessages = AnyMessages>(
  isAuthorized: IsAuthorized<M>,
  options: ServiceOptions = {},
): Service {
  if (typeof isAuthorized !== "function")
    throw new TypeError("A security service is a function: (message, request) => true or false.");
  return service(
    "security",
    {
      "authorize message": async ({ payload }, { request }) => {
        const ask = async (name: string, asked?: unknown, given: RequestOptions = {}) => {
          const { auth, id, deadlineMs = requestDeadlineMs, ...rest } = given;
          const carried = { name, payload: asked, auth, id };
          const answer = await request("security request", carried, { ...rest, deadlineMs });
          return answer.payload as never;
        };
        const verdict: unknown = await isAuthorized(payload as ShownMessage, ask);
        if (typeof verdict !== "boolean")
          throw new TypeError(`A security service answers true or false, not ${String(verdict)}.`);
        return { name: verdict ? "message authorized" : "message unauthorized" };
      },
    },
    options,
  );
}
