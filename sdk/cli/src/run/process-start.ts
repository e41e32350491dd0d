import { readFileSync } from "node:fs";

/**
 * When a process began, as a text that no other process of this number has, not even after a restart of the machine. Undefined
 * where the process is not there any more, or the system does not tell: Linux does (proc(5)).
 */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Behind the name, which may hold spaces and brackets, comes field 3; the start is field 22, in clock ticks since boot.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state = "", ticks] = [fields[0], fields[19]];
    // It has ended, and nobody has taken notice: process 1 of many containers never does.
    if (state === "Z" || state === "X") return undefined;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${ticks}`;
  } catch {
    return undefined;
  }
}
