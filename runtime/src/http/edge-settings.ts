import { setting } from "../settings/declare-setting.ts";

/** Settings of a process that serves JSON over HTTP: what a slow client may take. */
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
