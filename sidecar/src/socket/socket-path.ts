import { lstatSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Longest path of a socket on every system that has them, in bytes: macOS has the shortest. */
const maxPathBytes = 103;

/** Why a path cannot be that of a unix socket, as mistakes of `--socket`. What is there already must be a socket: it will be replaced. */
export function socketPathMistakes(path: string | undefined): string[] {
  if (path === undefined) return [];
  const mistake = (what: string) => [`--socket: '${path}' ${what}; choose another`];
  if (Buffer.byteLength(path) > maxPathBytes) return mistake(`is too long for a unix socket (${maxPathBytes} bytes)`);
  // A name of Linux that is no file.
  if (path.startsWith("\0")) return [];
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) return mistake("is in no folder that exists");
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there && !there.isSocket() ? mistake("exists and is no socket") : [];
}
