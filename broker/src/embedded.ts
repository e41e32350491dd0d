import type { FlushSchedule } from "@exosphere/frames";
import { Exocom, type ExocomOptions } from "./core/exocom.ts";
import { envelopes } from "./envelopes.ts";
import { AttachHost, type AttachHostOptions } from "./grpc/attach-host.ts";
import type { AttachLimits } from "./grpc/attach-limits.ts";

export type { Clock } from "./core/clock.ts";
export type { Delivery } from "./core/delivery.ts";
export type { Exocom } from "./core/exocom.ts";
export { FakeClock } from "./core/fake-clock.ts";
export type { Instance } from "./core/instance.ts";
export type { Limits } from "./core/limits.ts";
export type { AcceptedMessage } from "./core/message.ts";
export type { Loss, Observer, RefusedMessage } from "./core/observer.ts";
export type { Permission } from "./core/permission.ts";
export type { Receive, Route, RouteTable, Translation } from "./core/route-table.ts";
export type { AttachHost } from "./grpc/attach-host.ts";
export { type MemoryDialled, memoryDial } from "./memory-dial.ts";
export { systemClock } from "./system-clock.ts";

/** What a broker inside another process is made of. */
export interface EmbeddedOptions
  extends Omit<ExocomOptions, "envelopes">,
    Partial<Pick<AttachHostOptions, "authoriser" | "log" | "secret">> {
  /** What it runs, for those who attach. */
  readonly agent: string;
  /** When frames leave. Default: at the end of each tick. */
  readonly schedule?: FlushSchedule;
  /** What it takes of those who attach. Default: as a broker that was told nothing. */
  readonly attachLimits?: Partial<AttachLimits>;
}

/** The broker without files, ports, metrics and signals. */
export interface EmbeddedBroker {
  readonly exocom: Exocom;
  readonly attachHost: AttachHost;
  /** Ends every stream; what waits is dropped. */
  close(): void;
}

/**
 * Puts the broker's core and what takes attach streams together, in the time of any clock. This module loads nothing but
 * the core: no gRPC, no log, no metrics. Without an `authoriser` whoever reaches it may attach as any role.
 */
export function embedBroker(options: EmbeddedOptions): EmbeddedBroker {
  const {
    agent,
    schedule,
    authoriser = { check: () => () => {} },
    log = { warn() {} },
    attachLimits = {},
    secret,
    ...core
  } = options;
  const exocom = new Exocom({ ...core, envelopes });
  const attachHost = new AttachHost({
    exocom,
    clock: core.clock,
    authoriser,
    log,
    agent,
    limits: attachLimits,
    ...(secret && { secret }),
    ...(schedule && { schedule }),
  });
  return {
    exocom,
    attachHost,
    close() {
      attachHost.close();
      exocom.close();
    },
  };
}
