import { setting } from "@exosphere/settings";

/** Settings of a process that serves JSON over HTTP: what clients may take. */
export const edgeSettings = {
  // Headers have 16 KiB at the most, and come in one piece from any client that means well. Node's own default is 60 s.
  headersTimeout: setting.durationMs({
    help: "Time that the headers of a request may take to arrive",
    default: 10_000,
    min: 100,
    max: 3_600_000,
  }),
  // 1 MiB at 20 KB a second. Node's own default is 300 s. Bodies of many lines may take longer, but must not pause longer.
  requestTimeout: setting.durationMs({
    help: "Time that a whole request may take to arrive; for a body of many lines, between two pieces of it",
    default: 60_000,
    min: 100,
    max: 3_600_000,
  }),
} as const;

/** Settings of a JSON edge: what all its clients together may take. */
export const edgeLimitSettings = {
  // As many as requests may wait by default, and some to send meanwhile.
  maxConnections: setting.integer({
    help: "Connections of those who call, as many as requests may wait by default, 10 KiB each; more are closed",
    default: 10_240,
    min: 1,
  }),
  maxBodyBytes: setting.bytes({
    help: "Bytes of request bodies that are being read at once, 64 of the largest by default; more get RATE_LIMITED",
    default: 64 * 1024 * 1024,
    min: 64 * 1024,
  }),
} as const;
