import type { Log } from "@exosphere/runtime";
import type { Clock } from "../core/clock.ts";
import type { Loss, Observer, RefusedMessage } from "../core/observer.ts";

/** Losses that are logged one by one, per second. The rest of that second is counted and logged as one line. */
const lossesPerSecond = 20;

/** Writes what the core does to the log. A flood of losses becomes a line a second, not a flood of lines. */
export function logObserver(log: Log, clock: Pick<Clock, "after">): Observer {
  let losses = 0;
  const startSecond = () => {
    clock.after(1000, () => {
      if (losses > lossesPerSecond) log.warn({ losses: losses - lossesPerSecond }, "more messages were lost");
      losses = 0;
    });
  };
  const write = ({ name, ...facts }: Loss | RefusedMessage, text: string) => {
    if (losses === 0) startSecond();
    losses += 1;
    // Not as `name`: that is the process' own in every line.
    if (losses <= lossesPerSecond) log.warn({ ...facts, message: name }, text);
  };
  return {
    attached: ({ role, id, agent }) => log.info({ role: role.name, instance: id, agent }, "instance attached"),
    detached: ({ role, id }) => log.info({ role: role.name, instance: id }, "instance detached"),
    lost: (loss) => write(loss, "a message was lost"),
    refused: (message) => write(message, "a message was not authorised"),
  };
}
