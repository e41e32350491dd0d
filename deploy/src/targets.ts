import { composeTarget } from "./compose/compose-target.ts";
import { envoyTarget } from "./envoy/envoy-target.ts";
import { kubernetesTarget } from "./kubernetes/kubernetes-target.ts";
import { systemdTarget } from "./systemd/systemd-target.ts";
import type { Target } from "./target.ts";

/** Every target of `exo deploy`, in the order in which people meet them. What lists targets reads this. */
export const targets: readonly Target[] = [composeTarget, kubernetesTarget, envoyTarget, systemdTarget];
