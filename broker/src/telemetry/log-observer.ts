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
    lost: warnings(log, clock, "a message was lost", (losses) => log.warn({ losses }, "more messages were lost")),
    refused: warnings(log, clock, "a message was not authorised", (refusals) =>
      log.warn({ refusals }, "more messages were not authorised"),
    ),
  };
}

/** Logs each as `text`, and how many more there were in a second as `more`. */
function warnings(log: Log, clock: Pick<Clock, "after">, text: string, more: (count: number) => void) {
  let count = 0;
  const startSecond = () => {
    clock.after(1000, () => {
      if (count > linesPerSecond) more(count - linesPerSecond);
      count = 0;
    });
  };
  return ({ name, ...facts }: Loss | RefusedMessage) => {
    if (count === 0) startSecond();
    count += 1;
    // Not as `name`: that is the process' own in every line.
    if (count <= linesPerSecond) log.warn({ ...facts, messageName: name }, text);
  };
}
