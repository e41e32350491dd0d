/**
 * Where a delivery is. `uncommitted`, and bodies that are cold (no longer in memory), are for backlogs that keep durable messages on
 * disk: docs/decisions/0003-two-guarantees.md. The backlog in memory has neither.
 * `held`: in nobody's hands. It was just made, its message waits for a verdict, or it is on its way from one place to the next.
 * `uncommitted`: it has its place in its lane, and is not on disk yet: neither it nor what is behind it leaves.
 * `waiting`: in the backlog, until an instance takes it; its body is in memory, or cold.
 * `bound`: with an instance.
 * `ended`: for good.
 */
export type DeliveryState = "held" | "uncommitted" | "waiting" | "bound" | "ended";
