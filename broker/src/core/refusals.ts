import type { Failure } from "./failure.ts";
import { maxAwaiting, maxStreamBytes, maxStreamReplies } from "./limits.ts";

/** The routes do not let this role send that message. */
export function notAllowed(role: string, number: number): Failure {
  return {
    reason: "NOT_ALLOWED",
    detail: `Role '${role}' may not send message number ${number}. The sends of its service.yml say what it may.`,
  };
}

/** The routes do not have a role. */
export function noRole(role: string): Failure {
  return { reason: "NOT_ALLOWED", detail: `The routes have no role '${role}'.`, facts: { role } };
}

/** Another instance that is attached has the number by which replies would find this one. */
export function requesterTaken(id: string): Failure {
  const detail = `Another instance is attached with the key of instance '${id}'. Each running copy makes a key of its own, at random.`;
  return { reason: "INVALID_MESSAGE", detail };
}

/** Nobody subscribes. `name` is the public one. */
export function noReceivers(name: string): Failure {
  return {
    reason: "NO_RECEIVERS",
    detail: `No role receives '${name}'. Add it to the receives of a service.yml, or translate its name.`,
  };
}

/** Everybody's queue is full. `name` is the public one. */
export function queueFull(name: string): Failure {
  return {
    reason: "QUEUE_FULL",
    detail: `Too many messages wait for those who receive '${name}', or too many for all roles together. Try again later, or run more instances.`,
    retryAfterMs: 1000,
  };
}

/** Too many requests with many replies are open. */
export function tooManyStreams(limit: number): Failure {
  const detail = `Too many requests with many replies are open: ${limit} at most, and each role as many as are still free. Try again later, or raise --max-reply-streams of the broker.`;
  return { reason: "QUEUE_FULL", detail, retryAfterMs: 1000 };
}

/** Handlers wait for each other in too long a chain. `name` is the public one. */
export function nestedTooDeep(name: string): Failure {
  return {
    reason: "INVALID_MESSAGE",
    detail: `The request '${name}' is nested more than ${maxAwaiting} deep: so many handlers wait, each for a request of the one before. Does a role ask itself in a loop? Answer without asking further, or send a message that nobody waits for.`,
  };
}

/** The requester of a reply has its last one, or has given up. `name` is the public one. */
export function notWanted(name: string): Failure {
  return { reason: "NO_RECEIVERS", detail: `Whoever asked takes no more replies, so '${name}' comes too late.` };
}

/** A requester has not settled what it was given. `name` is the public one. */
export function streamFull(name: string): Failure {
  const detail = `More than ${maxStreamReplies} replies, or ${maxStreamBytes} bytes, wait for the requester of '${name}'. Wait for the confirmation of earlier ones.`;
  return { reason: "QUEUE_FULL", detail };
}

/** The role publishes faster than it may. */
export function tooFast(role: string, perSecond: number, retryAfterMs: number): Failure {
  const detail = `Role '${role}' may publish ${perSecond} messages a second. Send more slowly, or raise --max-role-rate of the broker.`;
  return { reason: "RATE_LIMITED", detail, retryAfterMs };
}

/** The payload, with what it comes in, is too large. */
export function payloadTooLarge(limit: number): Failure {
  return { reason: "PAYLOAD_TOO_LARGE", detail: `The limit is ${limit} bytes. Send less, or raise --max-payload.` };
}

/** The broker takes no new work. */
export const draining: Failure = {
  reason: "DRAINING",
  detail: "The broker is shutting down. Try again in a moment.",
  retryAfterMs: 1000,
};

/** The form of an activity id is wrong. */
export const wrongActivity: Failure = {
  reason: "INVALID_MESSAGE",
  detail: "An activity id has 1 to 255 characters.",
};

/** HANDLER_FAILED, told to a requester that attaches again. */
export const replyLost: Failure = {
  reason: "HANDLER_FAILED",
  detail:
    "The request was handled, but the connection of its requester broke before the reply was known to have arrived. Ask again if that does no harm.",
};
