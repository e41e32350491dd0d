import type { Status } from "./attachment.ts";
import type { Log } from "./log.ts";

/** Logs what happens to a link: that the bus is away once, not with every attempt to find it. */
export function statusLog(log: Log): (status: Status) => void {
  let told: string | undefined;
  return (status) => {
    if (status.kind === "attached") {
      log.info({ broker: status.broker, agent: status.agent }, "attached to the bus");
      told = undefined;
    } else if (status.kind === "detached") {
      const { reason, detail } = status.error;
      const facts = { broker: status.broker, reason, retryMs: Math.round(status.retryMs) };
      log[told === detail ? "debug" : "warn"](facts, detail);
      told = detail;
    } else if (status.kind === "left" && status.error)
      log.warn({ broker: status.broker, reason: status.error.reason }, status.error.detail);
  };
}
