import type { Topology } from "@exosphere/proto";
import { messageOverheadBytes } from "./frame-limits.ts";

/** What the numbers, tags and lengths of a role, or of an instance, take, in bytes. */
const entryBytes = 64;

/** What a topology takes in a frame, in bytes, roughly: as it grows with the application, it may be larger than all else that waits. */
export function topologyBytes({ roles }: Topology): number {
  let bytes = messageOverheadBytes;
  for (const { role, sends, receives, translations, instances } of roles) {
    bytes += entryBytes + role.length;
    for (const name of sends) bytes += 2 + name.length;
    for (const name of receives) bytes += 2 + name.length;
    for (const { public: one, internal } of translations) bytes += 6 + one.length + internal.length;
    for (const { instanceId, agent } of instances) bytes += entryBytes + instanceId.length + agent.length;
  }
  return bytes;
}
