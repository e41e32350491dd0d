import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** 5 ms at first, as most groups are gone at once; then less often, so that waiting costs nothing. */
const firstPollMs = 5;

/** 50 ms: the end of a slow group is noticed before a person could. */
const longestPollMs = 50;

/** Sends a signal to every process of a group. One that is gone needs none; one of another user takes none. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** Resolves when no process of a group is left. */
export async function groupGone(group: number): Promise<void> {
  for (let pollMs = firstPollMs; isGroupAlive(group); pollMs = Math.min(pollMs * 2, longestPollMs)) {
    await sleep(pollMs);
  }
}

/** Whether a process of a group still runs. Zombies do not count: a container without an init never collects them. */
export function isGroupAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch (error) {
    return !isGone(error);
  }
  return process.platform !== "linux" || runsOnLinux(group);
}

/** macOS answers EPERM for a group of nothing but zombies. */
function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ESRCH" || (code === "EPERM" && process.platform === "darwin");
}

function runsOnLinux(group: number): boolean {
  return readdirSync("/proc").some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    const stat = statOf(entry);
    return stat !== undefined && stat.group === group && stat.state !== "Z" && stat.state !== "X";
  });
}

/** proc(5): `pid (name) state ppid pgrp …`, where the name may hold spaces and brackets. */
function statOf(pid: string): { state: string; group: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "", , group] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state, group: Number(group) };
  } catch {
    return undefined; // it ended while we looked
  }
}
