export { type ProcessClock, systemClock } from "./clock.ts";
export { freePorts } from "./free-ports.ts";
export type { OutputStream, ProcessEvent } from "./process-event.ts";
export type { Command } from "./process-run.ts";
export { SupervisedProcess, type SupervisedProcessOptions } from "./supervised-process.ts";
export { Watchdog } from "./watchdog.ts";
