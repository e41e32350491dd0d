import { decodeEnvelope } from "@exosphere/frames";
import type { Log } from "@exosphere/runtime";
import type { Clock } from "../core/clock.ts";
import type { Loss, Observer, RefusedMessage } from "../core/observer.ts";

/** Lines of one kind that are logged one by one, per second. The rest of that second is counted and logged as one line. */
const linesPerSecond = 20;

/** Writes what the core does to the log. A flood of losses or refusals becomes a line a second, not a flood of lines. */
export function logObserver(log: Log, clock: Pick<Clock, "after">): Observer {
  return {
    attached: ({ role, id, agent }) => log.info({ role: role.name, instance: id, agent }, "instance attached"),
    detached: ({ role, id }, why) => log.info({ role: role.name, instance: id, why }, "instance detached"),
    lost: warnings(log, clock, "a message was lost", factsOfLoss, (losses) =>
      log.warn({ losses }, "more messages were lost"),
    ),
    refused: warnings(log, clock, "a message was not authorised", factsOfRefusal, (refusals) =>
      log.warn({ refusals }, "more messages were not authorised"),
    ),
  };
}

/** Logs each as `text` with its facts, and how many more there were in a second as `more`. */
function warnings<Event>(
  log: Log,
  clock: Pick<Clock, "after">,
  text: string,
  factsOf: (event: Event) => object,
  more: (count: number) => void,
) {
  let count = 0;
  const startSecond = () => {
    clock.after(1000, () => {
      if (count > linesPerSecond) more(count - linesPerSecond);
      count = 0;
    });
  };
  return (event: Event) => {
    if (count === 0) startSecond();
    count += 1;
    // Most of a flood are not logged, and need no reading of envelopes.
    if (count <= linesPerSecond) log.warn(factsOf(event), text);
  };
}

// Not as `name`: that is the process' own in every line.
function factsOfLoss({ role, name, activity, outcome, detail, envelope }: Loss): object {
  // The core keeps activities a byte a character.
  const activityId = Buffer.from(activity, "latin1").toString();
  return { role, messageName: name, id: envelope && idIn(envelope), activityId, outcome, detail };
}

function factsOfRefusal({ role, name, id, activity, outcome, detail }: RefusedMessage): object {
  return { role, messageName: name, id, activityId: activity, outcome, detail };
}

/** The id of the message in an envelope; undefined if that cannot be decoded. */
function idIn(envelope: Uint8Array): string | undefined {
  try {
    return Buffer.from(decodeEnvelope(envelope).id).toString();
  } catch {
    return undefined;
  }
}
