import type { Result, Row } from "../run/result.ts";

/** A row of three rounds around these figures. */
export function rowOf(subject: string, inFlight: number, fields: Partial<Row> = {}): Row {
  return {
    group: "request",
    subject,
    title: `title of ${subject}`,
    bytes: 200,
    inFlight,
    perSecond: [900, 1000, 1100],
    p50Ms: [1, 1, 1],
    p99Ms: [2, 2, 2],
    cpuUs: { broker: [10, 10, 10] },
    ...fields,
  };
}

/** A result with these rows. */
export function resultOf(rows: readonly Row[], fields: Partial<Result> = {}): Result {
  return {
    machine: {
      at: "2026-11-24T10:00:00.000Z",
      commit: "abc",
      cpu: "A CPU",
      cores: 2,
      memoryGb: 8,
      system: "Linux 6",
      node: "24.0.0",
      load: [0.1, 2],
      versions: { "nats-server": "2.9.10" },
    },
    rounds: 3,
    windowMs: 100,
    pacedPerSecond: 500,
    rows,
    memory: [],
    footprints: [],
    backlog: undefined,
    absent: [],
    ...fields,
  };
}
