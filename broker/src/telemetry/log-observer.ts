import type { Log } from "@exosphere/runtime";
import type { Observer } from "../core/observer.ts";

/** Losses that are logged one by one, per second. The rest of that second is counted and logged as one line. */
const lossesPerSecond = 20;

/** Writes what the core does to the log. A flood of losses becomes a line a second, not a flood of lines. */
export function logObserver(log: Log): Observer {
  let second = 0;
  let losses = 0;
  return {
    attached: ({ role, id, agent }) => log.info({ role: role.name, instance: id, agent }, "instance attached"),
    detached: ({ role, id }) => log.info({ role: role.name, instance: id }, "instance detached"),
    lost(loss) {
      const now = Math.floor(performance.now() / 1000);
      if (now !== second) {
        if (losses > lossesPerSecond) log.warn({ losses: losses - lossesPerSecond }, "more messages were lost");
        second = now;
        losses = 0;
      }
      losses += 1;
      if (losses <= lossesPerSecond) log.warn(loss, "a message was lost");
    },
  };
}
