import { descriptorSink, type OutputDescriptor } from "./descriptor-sink.ts";
import { LineOutput } from "./line-output.ts";

/** How long the last lines may take to leave before the process exits, in milliseconds: unnoticed by people, ample for a slow reader. */
const exitFlushMs = 500;

/** Name and backlog of an output. */
export interface OutputState {
  readonly name: "stdout" | "stderr";
  /** Lines that were dropped since the start. */
  readonly dropped: number;
  /** Bytes that wait for room. */
  readonly waitingBytes: number;
  /** Why lines are being dropped: the code of the system's error. Undefined while everything is written. */
  readonly problem: string | undefined;
}

/** Outputs by descriptor. A process has one stdout and one stderr, shared by all code in it, so this table is global as well. */
const outputs = new Map<OutputDescriptor, LineOutput>();

const recoveryListeners = new Set<(name: OutputState["name"], dropped: number) => void>();

/** The one way to write lines to stdout (1) or stderr (2) of a process that carries messages. */
export function processOutput(fd: OutputDescriptor): LineOutput {
  const known = outputs.get(fd);
  if (known) return known;
  const onRecovered = (dropped: number) => {
    for (const listener of recoveryListeners) listener(nameOf(fd), dropped);
  };
  const output = new LineOutput({ sink: descriptorSink(fd), onRecovered });
  if (outputs.size === 0) process.on("exit", flushAll);
  outputs.set(fd, output);
  return output;
}

/** Calls `listener` whenever lines can be written again after some were dropped. */
export function onLinesDropped(listener: (name: OutputState["name"], dropped: number) => void): void {
  recoveryListeners.add(listener);
}

/** States of the outputs that this process has written to. */
export function outputStates(): readonly OutputState[] {
  return [...outputs].map(([fd, { dropped, waitingBytes, problem }]) => ({
    name: nameOf(fd),
    dropped,
    waitingBytes,
    problem,
  }));
}

/** What GET /readyz says while lines are being dropped, a line for each output. */
export function outputRemarks(): readonly string[] {
  return outputStates().flatMap(({ name, problem, dropped }) =>
    problem === undefined ? [] : [`log: ${name} ${reasonOf(problem)}; ${dropped} lines were dropped so far`],
  );
}

function reasonOf(problem: string): string {
  if (problem === "EAGAIN") return "is not read";
  if (problem === "EPIPE") return "has no reader any more (EPIPE)";
  if (problem === "ENOSPC" || problem === "EDQUOT" || problem === "EFBIG") return `has no room left (${problem})`;
  return `cannot be written (${problem})`;
}

function nameOf(fd: OutputDescriptor): OutputState["name"] {
  return fd === 1 ? "stdout" : "stderr";
}

function flushAll(): void {
  for (const output of outputs.values()) output.flush(exitFlushMs);
}
