import type { PatchOperation } from "./json-patch.ts";
import type { Pod } from "./pod.ts";
import { roleLabel, type SidecarDefaults } from "./wanted-sidecar.ts";

/** Sidecars of a test, where their pods do not say. */
export const defaults: SidecarDefaults = {
  image: "registry.example/exosphere:1.2.3",
  broker: ["broker:4100"],
  appPort: 3000,
  tokensSecret: "tokens",
  resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
};

/** A pod with one container that plays the role `users`. */
export function podOf(more: Partial<Pod["spec"]> = {}, annotations?: Readonly<Record<string, string>>): Pod {
  return {
    metadata: { name: "users-1", labels: { [roleLabel]: "users" }, ...(annotations && { annotations }) },
    spec: { containers: [{ name: "app" }], ...more },
  };
}

/** What a patch makes of a pod: RFC 6902, as far as things are added. */
export function patched(pod: Pod, patch: readonly PatchOperation[]): Pod {
  const copy = structuredClone(pod) as Pod;
  for (const { path, value } of patch) {
    const parts = path
      .slice(1)
      .split("/")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = parts.pop() as string;
    let parent: unknown = copy;
    for (const part of parts) {
      parent = (parent as Record<string, unknown>)[part];
      if (typeof parent !== "object" || parent === null) throw new Error(`${path}: its parent is missing`);
    }
    if (!Array.isArray(parent)) (parent as Record<string, unknown>)[last] = structuredClone(value);
    else parent.splice(last === "-" ? parent.length : Number(last), 0, structuredClone(value));
  }
  return copy;
}
