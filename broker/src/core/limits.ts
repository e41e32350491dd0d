/** What a broker takes before it refuses. */
export interface Limits {
  /** Deliveries that may wait for one role. */
  readonly maxQueueMessages: number;
  /** Bytes of the deliveries that may wait for one role. */
  readonly maxQueueBytes: number;
  /** Bytes of all messages that wait or are with instances, for all roles together. */
  readonly maxTotalBytes: number;
  /** Largest payload, in bytes. */
  readonly maxPayloadBytes: number;
  /** How long a message is valid if its sender does not say, in milliseconds. */
  readonly defaultDeadlineMs: number;
  /** What the bus remembers of which instance takes part in which activity, in bytes, for all roles together. */
  readonly maxAffinityBytes: number;
  /** Bytes of the messages that may wait for the verdict of the security role. */
  readonly maxHeldBytes: number;
  /** Requests of the security role that may wait for their answers. */
  readonly maxSecurityRequests: number;
  /** Requests with many replies that may be open. */
  readonly maxReplyStreams: number;
  /** Bytes of the unsettled deliveries of one instance, beyond which it is given no more. */
  readonly maxInFlightBytes: number;
  /** Messages that one role may publish in a second, or infinity. */
  readonly maxRoleRate: number;
}

/** The limits of a broker that was told nothing. */
export const defaultLimits: Limits = {
  // Ten seconds of a busy role (10,000/s); more would be older than most deadlines when its turn comes.
  maxQueueMessages: 100_000,
  // 70,000 messages of a few hundred bytes, or 128 of the largest size.
  maxQueueBytes: 128 * 1024 * 1024,
  // A quarter of the smallest heap that Node chooses by itself on 64-bit machines (2 GiB). A process asks V8 for its own.
  maxTotalBytes: 512 * 1024 * 1024,
  // 1 MiB: what every edge takes by default, docs/limits.md.
  maxPayloadBytes: 1024 * 1024,
  // Half a minute: docs/limits.md.
  defaultDeadlineMs: 30_000,
  // About 80,000 activities of roles with several instances.
  maxAffinityBytes: 64 * 1024 * 1024,
  // Five seconds of 3,000 messages a second of a kilobyte; each counts twice, as the question repeats it.
  maxHeldBytes: 64 * 1024 * 1024,
  // As many as the messages that the security role could reasonably work on. Each costs some 500 bytes.
  maxSecurityRequests: 10_000,
  // Each costs some 500 bytes beside its deliveries.
  maxReplyStreams: 10_000,
  // Broker and sidecar both keep them. 64 deliveries, the default of a sidecar, of the largest size fit in; whoever asks for
  // more of large ones waits.
  maxInFlightBytes: 72 * 1024 * 1024,
  // Queues and outboxes bound what a role can do to others; a rate is for those who know what is right for theirs.
  maxRoleRate: Number.POSITIVE_INFINITY,
};

/**
 * How long a message waits for the instance that takes part in its activity while that one has no credit, in milliseconds;
 * then any other may take the activity over. Half of a request's default deadline: time is left to handle it.
 */
export const affinityPatienceMs = 5_000;

/**
 * How long an instance whose app did not take a delivery is given new work only if no other takes it, in milliseconds. It has
 * nothing in flight, so it would be given most of the work; one probe a second is within the budget of retries.
 */
export const declineMemoryMs = 1_000;

/** What auth, ids and trace context may add to the largest payload, in bytes. Headers of HTTP are bounded by less. */
export const envelopeOverheadBytes = 64 * 1024;

/** Longest deadline, in milliseconds: a day. Beyond it a message is better kept in a database; timers end at 24.8 days. */
export const maxDeadlineMs = 86_400_000;

/** How long the security role has for its verdict, in milliseconds: docs/architecture.md, "With a security role". */
export const verdictMs = 5_000;

/**
 * What a held message costs beside its bytes and those of its question, which counts in its queue as well: objects, table
 * entries, timer. Measured on Node 24: 2,170 bytes after a collection, rounded down to what is not the measurement's own.
 */
export const heldOverheadBytes = 2048;

/** Unsettled deliveries that one instance may ask for: each keeps its message in the broker's memory until it is settled. */
export const maxWindow = 65_536;

/**
 * What a waiting delivery costs beside its bytes: objects, list entries, timer, and the lane of an activity of its own. Measured
 * on Node 24: 1,355 bytes after a collection, rounded up.
 */
export const deliveryOverheadBytes = 1536;

/**
 * Handlers that may wait for one request, each for the request of the one before it: their numbers travel with the message. Calls
 * between services are some five deep; what is deeper than this is a role that asks itself.
 */
export const maxAwaiting = 16;

/** The length of an activity id that is part of that, in bytes: a UUID with a prefix. */
export const usualActivityBytes = 64;

/**
 * Replies of one request with many that its requester may have without having settled them; beyond that the request ends, as
 * its receivers do not keep to its pace. A receiver of the SDK has 64 under way.
 */
export const maxStreamReplies = 1024;

/** The same in bytes: 16 of the largest size. */
export const maxStreamBytes = 17 * 1024 * 1024;
