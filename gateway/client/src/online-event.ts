/** Where the platform tells that the network is gone, or back. */
interface OnlineTarget {
  addEventListener?(type: "online" | "offline", listener: () => void): void;
  removeEventListener?(type: "online" | "offline", listener: () => void): void;
}

/** What is called at the changes of the network. */
export interface NetworkEvents {
  readonly online: () => void;
  readonly offline: () => void;
}

/** Calls back when the network is gone or back, where the platform tells. Returns what ends it. */
export function onNetwork(events: NetworkEvents): () => void {
  const target = globalThis as OnlineTarget;
  for (const type of ["online", "offline"] as const) target.addEventListener?.(type, events[type]);
  return () => {
    for (const type of ["online", "offline"] as const) target.removeEventListener?.(type, events[type]);
  };
}
