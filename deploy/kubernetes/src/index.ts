export type {
  KubernetesApplication,
  KubernetesGateway,
  KubernetesProcess,
  KubernetesRole,
  SecretVariable,
} from "./application.ts";
export { type KubernetesFile, kubernetesFiles } from "./kubernetes-files.ts";
export { tokensSecretOf } from "./tokens.ts";
