import { ActivityAffinity } from "./activity-affinity.ts";
import { Attachments } from "./attachments.ts";
import type { Clock } from "./clock.ts";
import type { Envelopes } from "./envelopes.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { MessageStamper } from "./message-stamper.ts";
import type { Observer } from "./observer.ts";
import { Placer } from "./place.ts";
import { Publisher } from "./publish.ts";
import { Replies } from "./replies.ts";
import { Router } from "./route.ts";
import { RouteRegistry } from "./route-registry.ts";
import { Authoriser } from "./security/authoriser.ts";
import { Settler } from "./settle.ts";
import { SharedBound } from "./shared-bound.ts";
import { StillClock } from "./still-clock.ts";
import type { LatencyRecorder } from "./subscription.ts";
import { TimerWheel } from "./timer-wheel.ts";

/** What a pipeline is made of. */
export interface PipelineOptions {
  readonly clock: Clock;
  readonly limits?: Partial<Limits>;
  readonly observer?: Observer;
  /** Reads and writes what is in envelopes. */
  readonly envelopes: Envelopes;
  /** Makes the hashes of activities unguessable: a whole number of 32 bits, at random. Default: 0, for tests. */
  readonly seed?: number;
  /** Makes what records the latency of a role's deliveries of a message, by its own name for it. */
  readonly latencyOf?: (role: string, name: string) => LatencyRecorder;
}

/** Puts the steps of a message's way together, from the last to the first, with what they share. */
export function assemblePipeline(options: PipelineOptions) {
  const { observer = {}, envelopes, seed = 0, latencyOf = () => ({ record() {} }) } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const clock = new StillClock(options.clock);
  const timers = new TimerWheel(clock);
  const memory = new SharedBound(limits.maxTotalBytes);
  const affinity = new ActivityAffinity(clock, limits.maxAffinityBytes);
  const settler = new Settler(clock, observer);
  const onExpired: Settler["expired"] = (delivery, role) => settler.expired(delivery, role);
  const registry = new RouteRegistry({ affinity, timers, limits, memory, latencyOf, onExpired });
  const attachments = new Attachments({ clock, observer, registry, settler });
  const { requesters } = attachments;
  const replies = new Replies({ requesters, timers, maxStreams: limits.maxReplyStreams });
  const stamper = new MessageStamper({ clock, envelopes, limits, seed });
  const placer = new Placer({ stamper, replies, affinity, settler, observer });
  const router = new Router({ limits, registry, replies, placer });
  const bus = { registry, router, placer, replies };
  const authoriser = new Authoriser({ timers, limits, observer, envelopes, memory, bus });
  router.gate = authoriser;
  const publisher = new Publisher({ clock, limits, registry, router, replies, observer });
  return {
    limits,
    clock,
    timers,
    memory,
    affinity,
    settler,
    registry,
    attachments,
    replies,
    stamper,
    authoriser,
    publisher,
  };
}
