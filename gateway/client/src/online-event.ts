/** Where the platform tells that the network is back. */
interface OnlineTarget {
  addEventListener?(type: "online", listener: () => void): void;
  removeEventListener?(type: "online", listener: () => void): void;
}

/** Calls back when the network is back, where the platform tells. Returns what ends it. */
export function whenOnline(callback: () => void): () => void {
  const target = globalThis as OnlineTarget;
  target.addEventListener?.("online", callback);
  return () => target.removeEventListener?.("online", callback);
}
