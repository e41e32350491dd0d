import { type SidecarOptions, tokenKeys } from "./sidecar-options.ts";

/** What the sidecar of a pod is called. A container of this name is taken for one. */
export const sidecarName = "exo-sidecar";

/** Ports of a sidecar within its pod: one for the app, one for probes and metrics. */
export const ports = { edge: 4200, admin: 4201 } as const;

const volume = { socket: "exo-run", tokens: "exo-tokens" } as const;

/** What the unix socket and other containers of the pod share. */
const runFolder = "/run/exosphere";
const tokensFolder = "/etc/exosphere/tokens";
const socket = `${runFolder}/sidecar.sock`;

/** What the restricted profile of the Pod Security Standards asks of a container, and a root file system that stays as it is. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/**
 * The sidecar as a native sidecar container, an init container that is restarted: it starts before the app and ends after it, so
 * that the app can send from its first to its last moment (Kubernetes 1.29 or newer). Its user is that of the pod, as the app's
 * must be the same to open the unix socket.
 */
export function sidecarContainer(options: SidecarOptions) {
  const { role, image, broker, appPort, appHealth, resources, tokensSecret } = options;
  const probe = (path: string) => ({ httpGet: { path, port: "exo-admin" } });
  return {
    name: sidecarName,
    image,
    // Kubernetes' way to say that it is no ordinary init container.
    restartPolicy: "Always",
    command: ["exo-sidecar"],
    args: [
      `--role=${role}`,
      `--broker=${broker.join(",")}`,
      `--app=http://127.0.0.1:${appPort}`,
      ...(appHealth === undefined ? [] : [`--app-health=${appHealth}`]),
      `--port=${ports.edge}`,
      `--socket=${socket}`,
      // The kubelet asks from outside of the pod.
      "--admin-host=0.0.0.0",
      `--admin-port=${ports.admin}`,
      ...(tokensSecret === undefined
        ? []
        : [
            `--attach-token-file=${tokensFolder}/attach-token`,
            `--admin-token-file=${tokensFolder}/${tokenKeys.metrics}`,
          ]),
    ],
    ports: [{ name: "exo-admin", containerPort: ports.admin }],
    // Not /readyz: a pod may start while no broker is there, and then waits for one.
    startupProbe: { ...probe("/livez"), periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { ...probe("/readyz"), periodSeconds: 5, timeoutSeconds: 3 },
    livenessProbe: { ...probe("/livez"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    resources,
    securityContext: restrictedContainer,
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [
      socketMount,
      ...(tokensSecret === undefined ? [] : [{ name: volume.tokens, mountPath: tokensFolder, readOnly: true }]),
    ],
  };
}

/** Where app and sidecar find the unix socket. */
export const socketMount = { name: volume.socket, mountPath: runFolder } as const;

/** The volumes that a sidecar needs: for its socket, and for its tokens, of which it sees its own alone. */
export function sidecarVolumes({ role, tokensSecret }: Pick<SidecarOptions, "role" | "tokensSecret">) {
  const items = [
    { key: tokenKeys.role(role), path: "attach-token" },
    { key: tokenKeys.metrics, path: tokenKeys.metrics },
  ];
  return [
    { name: volume.socket, emptyDir: { sizeLimit: "1Mi" } },
    ...(tokensSecret === undefined ? [] : [{ name: volume.tokens, secret: { secretName: tokensSecret, items } }]),
  ];
}

/** The variables by which an app knows who it is and where its sidecar is. */
export function appEnvironment({ role, appPort }: Pick<SidecarOptions, "role" | "appPort">) {
  return [
    { name: "ROLE", value: role },
    { name: "EXOCOM_HOST", value: "127.0.0.1" },
    { name: "EXOCOM_PORT", value: String(ports.edge) },
    { name: "EXOCOM_SOCKET", value: socket },
    { name: "EXORELAY_PORT", value: String(appPort) },
  ];
}
