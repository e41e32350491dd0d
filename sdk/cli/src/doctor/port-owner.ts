import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** State of a socket that listens, in /proc/net/tcp. */
const listening = "0A";

/**
 * Which process listens on a TCP port of this machine, from /proc, as far as that shows it: processes of other users keep their
 * sockets to themselves, and other systems than Linux have no /proc.
 */
export function portOwner(port: number): { readonly pid: number; readonly command: string } | undefined {
  const inodes = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => inodesOf(read(table), port)));
  if (inodes.size === 0) return undefined;
  for (const pid of listed("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const sockets = listed(`/proc/${pid}/fd`).map(
      (fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1],
    );
    if (!sockets.some((inode) => inode !== undefined && inodes.has(inode))) continue;
    return { pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim() };
  }
  return undefined;
}

function inodesOf(table: string, port: number): string[] {
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    const isOfPort = Number.parseInt(local.split(":")[1] ?? "", 16) === port;
    return isOfPort && state === listening && inode !== undefined ? [inode] : [];
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
