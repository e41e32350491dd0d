import type { LinkStatus } from "./link-status.ts";

/** What the log of a process needs to have: pino's loggers do. */
export type StatusLog = Readonly<Record<"debug" | "info" | "warn", (facts: object, text: string) => void>>;

/** Tells the log of a process that stands between clients or an app and the bus what happens to its link. */
export function logStatus(log: StatusLog, status: LinkStatus): void {
  switch (status.kind) {
    case "attached":
      return log.info({ broker: status.broker, agent: status.agent }, "attached to the broker");
    case "detached":
      return log.warn(
        { broker: status.broker, reason: status.error.reason, retryMs: Math.round(status.retryMs) },
        status.error.detail,
      );
    case "left":
      if (!status.error) return log.info({ broker: status.broker }, "the broker that was left ended the connection");
      return log.warn({ broker: status.broker, reason: status.error.reason }, status.error.detail);
    case "move":
      return log.info({ withinMs: status.withinMs }, `the broker asks to attach elsewhere. ${status.detail}`.trimEnd());
    case "routes":
      return log.debug({ revision: status.revision }, "the broker told the routes");
    case "closed":
      return log.debug({}, "the link is closed");
  }
}
