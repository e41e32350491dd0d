import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** What a process has used. */
export interface Usage {
  /** CPU time of all its threads, user and system, in microseconds. */
  readonly cpuUs: number;
  /** Resident memory now, in MiB. */
  readonly memoryMb: number;
  /** The most that it ever had; where the system does not tell, what it has now. */
  readonly peakMb: number;
}

/** Asks the system what a process has used: Linux by /proc, any other by ps. */
export function usageOf(pid: number): Usage {
  return process.platform === "linux" ? usageOnLinux(pid) : usageByPs(pid);
}

function usageOnLinux(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mb = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024;
  return { cpuUs: threadTimesUs(pid) ?? processTimeUs(pid), memoryMb: mb("VmRSS"), peakMb: mb("VmHWM") };
}

/** To the nanosecond, where the kernel keeps it. Threads that have ended are missing: of Node, those of hardly any use. */
function threadTimesUs(pid: number): number | undefined {
  try {
    let sum = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      sum += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    }
    return sum > 0 ? sum / 1000 : undefined;
  } catch {
    return undefined;
  }
}

/** To the hundredth of a second: fields 14 and 15 of proc_pid_stat(5), behind the name in brackets. */
function processTimeUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function usageByPs(pid: number): Usage {
  const { stdout } = spawnSync("ps", ["-o", "rss=,time=", "-p", `${pid}`], { encoding: "utf8" });
  const [rss = "0", time = "0"] = stdout.trim().split(/\s+/);
  // [[dd-]hh:]mm:ss.cc
  const seconds = time.split(/[-:]/).reduce((sum, part) => sum * 60 + Number(part), 0);
  const memoryMb = Number(rss) / 1024;
  return { cpuUs: seconds * 1e6, memoryMb, peakMb: memoryMb };
}
