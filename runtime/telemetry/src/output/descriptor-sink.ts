import { constants, fstatSync, openSync, writeSync } from "node:fs";
import { isatty } from "node:tty";
import type { LineSink } from "./line-output.ts";

/** Standard output or standard error. */
export type OutputDescriptor = 1 | 2;

/** Writes to a descriptor without ever waiting for its reader. */
export function descriptorSink(fd: OutputDescriptor): LineSink {
  const own = nonBlocking(fd);
  // Two calls, as the overloads of writeSync do not take both types at once.
  return { write: (bytes) => (typeof bytes === "string" ? writeSync(own, bytes) : writeSync(own, bytes)) };
}

/**
 * A descriptor for the same file whose writes do not block. Whether they do is a property of the open file, which other processes
 * may share, such as the shell that reads from the same terminal; so pipes and terminals are opened once more.
 */
function nonBlocking(fd: OutputDescriptor): number {
  const stat = fstatOf(fd);
  // A file takes bytes or says why not. Devices such as /dev/null and /dev/full do as well.
  if (!stat || stat.isFile() || (stat.isCharacterDevice() && !isatty(fd))) return fd;
  if (process.platform === "linux" && !stat.isSocket()) {
    try {
      return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch {
      // It belongs to another user, or /proc is not mounted.
    }
  }
  // What Node has made a stream of does not block any more, whether the stream is used or not.
  void (fd === 1 ? process.stdout : process.stderr);
  return fd;
}

function fstatOf(fd: OutputDescriptor) {
  try {
    return fstatSync(fd);
  } catch {
    return undefined;
  }
}
