import { plainCounter, plainGauge, plainHistogram, type Registry } from "@exosphere/telemetry";
import type { Exocom } from "../core/exocom.ts";
import type { Instance } from "../core/instance.ts";
import type { Role } from "../core/role.ts";
import type { Latencies } from "./latencies.ts";

/** Registers the broker's metrics of docs/reference/metrics.md. The core counts; here the counts are copied when asked for. */
export function registerBrokerMetrics(registry: Registry, exocom: Exocom, latencies: Latencies): void {
  registerMessages(registry, exocom, latencies);
  registerQueues(registry, exocom);
  registerRetries(registry, exocom);
  registerMemory(registry, exocom);
}

function registerMessages(registry: Registry, exocom: Exocom, latencies: Latencies): void {
  plainCounter({
    registry,
    name: "exocom_published_total",
    help: "Messages that instances published, by what became of them.",
    labelNames: ["role", "name", "outcome"],
    collect: () => published(exocom),
  });
  plainCounter({
    registry,
    name: "exocom_delivered_total",
    help: "Copies of messages, by the role that they were for and how they ended.",
    labelNames: ["role", "name", "outcome"],
    collect: () => delivered(exocom),
  });
  plainHistogram({
    registry,
    name: "exocom_delivery_seconds",
    help: "Time from the acceptance of a message to the settlement of its copy, whatever the outcome.",
    labelNames: ["role"],
    collect: () => latencies.collect(),
  });
}

function registerQueues(registry: Registry, exocom: Exocom): void {
  const gaugePerRole = (name: string, help: string, measure: (role: Role) => number) =>
    plainGauge({ registry, name, help, labelNames: ["role"], collect: () => perRole(exocom, measure) });

  gaugePerRole("exocom_queue_messages", "Copies that wait for an instance.", ({ backlog }) => backlog.messages);
  gaugePerRole("exocom_queue_bytes", "Bytes of the copies that wait for an instance.", ({ backlog }) => backlog.bytes);
  gaugePerRole(
    "exocom_queue_oldest_seconds",
    "How long ago the oldest copy that waits was accepted.",
    ({ backlog }) => backlog.oldestWaitMs / 1000,
  );
  const inFlight = sumOfInstances((instance) => instance.inFlight);
  const inFlightBytes = sumOfInstances((instance) => instance.inFlightBytes);
  gaugePerRole("exocom_in_flight", "Deliveries that instances have not settled yet.", inFlight);
  gaugePerRole("exocom_in_flight_bytes", "Bytes of the deliveries that instances have not settled yet.", inFlightBytes);
  gaugePerRole("exocom_instances", "Attached instances.", ({ instances }) => instances.size);
}

function registerRetries(registry: Registry, exocom: Exocom): void {
  plainCounter({
    registry,
    name: "exocom_redeliveries_total",
    help: "Copies that were given to an instance again, as the one before did not take them or was lost.",
    labelNames: ["role"],
    collect: () => perRole(exocom, ({ redeliveries }) => redeliveries, exocom.countedRoles),
  });
  plainCounter({
    registry,
    name: "exocom_retries_delayed_total",
    help: "Retries that had to wait as their role had too many.",
    labelNames: ["role"],
    collect: () => perRole(exocom, ({ retries }) => retries.delayed, exocom.countedRoles),
  });
}

function registerMemory(registry: Registry, exocom: Exocom): void {
  plainGauge({
    registry,
    name: "exocom_total_bytes",
    help: "Bytes of all messages that wait or are with instances, for all roles together.",
    labelNames: [],
    collect: () => [{ labels: {}, value: exocom.memory.used }],
  });
  plainGauge({
    registry,
    name: "exocom_total_bytes_limit",
    help: "Bytes that all messages that wait or are with instances may have together.",
    labelNames: [],
    collect: () => [{ labels: {}, value: exocom.memory.max }],
  });
  plainGauge({
    registry,
    name: "exocom_reply_streams",
    help: "Requests with many replies that are open.",
    labelNames: [],
    collect: () => [{ labels: {}, value: exocom.replyStreams }],
  });
  plainGauge({
    registry,
    name: "exocom_affinity_bytes",
    help: "Memory for which instance takes part in which activity.",
    labelNames: [],
    collect: () => [{ labels: {}, value: exocom.affinity.bytes }],
  });
  plainCounter({
    registry,
    name: "exocom_affinity_evictions_total",
    help: "Activities that were forgotten for want of memory.",
    labelNames: [],
    collect: () => [{ labels: {}, value: exocom.affinity.evictions }],
  });
}

function* perRole(exocom: Exocom, measure: (role: Role) => number, roles: Iterable<Role> = exocom.roles.values()) {
  for (const role of roles) yield { labels: { role: role.name }, value: measure(role) };
}

function sumOfInstances(measure: (instance: Instance) => number) {
  return ({ instances }: Role): number => {
    let sum = 0;
    for (const instance of instances) sum += measure(instance);
    return sum;
  };
}

function* published(exocom: Exocom) {
  for (const role of exocom.countedRoles) {
    for (const [name, tally] of role.published) {
      for (const [outcome, value] of tally) yield { labels: { role: role.name, name, outcome }, value };
    }
  }
  for (const [outcome, value] of exocom.unknownPublished)
    yield { labels: { role: "unknown", name: "unknown", outcome }, value };
}

function* delivered(exocom: Exocom) {
  for (const role of exocom.countedRoles) {
    for (const [name, tally] of role.delivered) {
      for (const [outcome, value] of tally) {
        // What came back unseen has not ended: it is counted when it does.
        if (outcome !== "returned") yield { labels: { role: role.name, name, outcome }, value };
      }
    }
  }
}
