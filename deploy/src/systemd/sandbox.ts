import type { DeployedProcess, Deployment } from "../deployment.ts";
import { secondsBeyondGrace } from "../deployment.ts";
import type { UnitSection } from "./unit-text.ts";

/** Most processes and threads of a unit: Node has a dozen. */
const maxTasks = 512;

/** Open files of a unit: a connection takes one, and the gateway serves 10,000 clients. */
const maxFiles = 65_536;

/** What of a unit deserves a word where it stands. */
export const sandboxComments = {
  RestartPreventExitStatus: "Mistakes in settings, which trying again does not mend.",
  MemoryDenyWriteExecute: "V8 and other just-in-time compilers write machine code as they run.",
  RestrictAddressFamilies: "AF_NETLINK is how a process learns the addresses of its machine.",
  TimeoutStopSec: "Beyond --grace, in which a process finishes what it has.",
} as const;

/** How a process of an application runs: as a user of its own without rights, who can write nothing but its own folders. */
export function sandbox(user: string, { resources }: DeployedProcess, { graceMs }: Deployment): UnitSection {
  return {
    Type: "exec",
    Restart: "always",
    RestartSec: "1s",
    RestartPreventExitStatus: 64,
    KillMode: "mixed",
    TimeoutStopSec: `${Math.ceil(graceMs / 1000) + secondsBeyondGrace}s`,
    DynamicUser: "yes",
    User: user,
    UMask: "0077",
    CPUQuota: `${Math.ceil(resources.limits.cpuMillis / 10)}%`,
    MemoryMax: resources.limits.memoryBytes,
    MemoryLow: resources.requests.memoryBytes,
    TasksMax: maxTasks,
    LimitNOFILE: maxFiles,
    NoNewPrivileges: "yes",
    CapabilityBoundingSet: "",
    AmbientCapabilities: "",
    ProtectSystem: "strict",
    ProtectHome: "yes",
    ProtectProc: "invisible",
    ProtectClock: "yes",
    ProtectHostname: "yes",
    ProtectControlGroups: "yes",
    ProtectKernelLogs: "yes",
    ProtectKernelModules: "yes",
    ProtectKernelTunables: "yes",
    PrivateDevices: "yes",
    PrivateTmp: "yes",
    PrivateUsers: "yes",
    RemoveIPC: "yes",
    LockPersonality: "yes",
    RestrictNamespaces: "yes",
    RestrictRealtime: "yes",
    RestrictSUIDSGID: "yes",
    RestrictAddressFamilies: "AF_INET AF_INET6 AF_UNIX AF_NETLINK",
    MemoryDenyWriteExecute: "no",
    SystemCallArchitectures: "native",
    SystemCallFilter: ["@system-service", "~@privileged"],
    SystemCallErrorNumber: "EPERM",
  };
}

/** For processes that speak with this machine alone. */
export const onlyLoopback: UnitSection = { IPAddressDeny: "any", IPAddressAllow: "localhost" };
