import { type Log, Notices } from "@exosphere/telemetry";
import type { Clock } from "../core/clock.ts";
import type { Loss, Observer, RefusedMessage } from "../core/observer.ts";

/** Writes what the core does to the log. A flood of losses or refusals becomes a line a second, not a flood of lines. */
export function logObserver(log: Log, clock: Pick<Clock, "after">): Observer {
  const noticesOf = (more: (count: number) => void) =>
    new Notices({ log, more, after: (delayMs, run) => void clock.after(delayMs, run) });
  const losses = noticesOf((count) => log.warn({ losses: count }, "more messages were lost"));
  const refusals = noticesOf((count) => log.warn({ refusals: count }, "more messages were not authorised"));
  return {
    attached: ({ role, id, agent }) => log.info({ role: role.name, instance: id, agent }, "instance attached"),
    detached: ({ role, id }, why) => log.info({ role: role.name, instance: id, why }, "instance detached"),
    // Most of a flood are not logged, and need no reading of envelopes.
    lost: (loss) => losses.warn(() => factsOfLoss(loss), "a message was lost"),
    refused: (message) => refusals.warn(() => factsOfRefusal(message), "a message was not authorised"),
  };
}

// Not as `name`: that is the process' own in every line.
function factsOfLoss({ role, name, activity, outcome, detail, message }: Loss): object {
  // The core keeps activities a byte a character.
  const activityId = Buffer.from(activity, "latin1").toString();
  return { role, messageName: name, id: message?.id, activityId, outcome, detail };
}

function factsOfRefusal({ role, name, id, activity, outcome, detail }: RefusedMessage): object {
  return { role, messageName: name, id, activityId: activity, outcome, detail };
}
