import { adminSettings, type Config, processSettings, setting } from "@exosphere/settings";

/** Settings of the injector. Each is a flag, a variable EXO_… and a key of the --config file. */
export const injectorSettings = {
  ...processSettings,
  ...adminSettings,
  host: setting.text({ help: "Address that the webhook listens on", default: "127.0.0.1" }),
  port: setting.port({ help: "HTTPS port of the webhook", default: 4500 }),
  adminHost: setting.text({ help: "Address that the admin port listens on", default: "127.0.0.1" }),
  adminPort: setting.port({ help: "Port for health, metrics and settings", default: 4501 }),
  adminTokenFile: setting.file({ help: "File with the token that the admin port asks for" }),
  sidecarImage: setting.text({
    help: "Image of the sidecars, with a version; a pod may name another by exosphere.dev/image",
    required: true,
  }),
  broker: setting.addresses({
    help: "Brokers of the sidecars, in order of preference; a pod may name others by exosphere.dev/broker",
    required: true,
  }),
  appPort: setting.integer({
    help: "Port at which apps take their deliveries, EXORELAY_PORT; a pod may name another by exosphere.dev/app-port",
    default: 4210,
    min: 1,
    max: 65_535,
  }),
  tokensSecret: setting.text({
    help: "Secret with the tokens of an application, in the namespace of the pod; a pod may name another by exosphere.dev/tokens-secret",
  }),
  cpuRequest: setting.text({ help: "CPU that a sidecar is promised", default: "50m" }),
  // Without a limit: a sidecar that may not run keeps its app waiting, and uses little.
  cpuLimit: setting.text({ help: "CPU that a sidecar may use at most; without it, any" }),
  memoryRequest: setting.text({ help: "Memory that a sidecar is promised", default: "128Mi" }),
  memoryLimit: setting.text({ help: "Memory that a sidecar may use at most", default: "256Mi" }),
  excludeNamespaces: setting.list({
    help: "Namespaces whose pods stay as they are, beside kube-system, kube-public and kube-node-lease",
    default: [],
  }),
  tlsCert: setting.file({
    help: "File with the certificate of the webhook, PEM, where something else makes and renews it; default: the injector does",
  }),
  tlsKey: setting.file({ help: "File with its key, PEM" }),
  certificateLife: setting.durationMs({
    help: "How long a certificate that the injector makes is valid; it is renewed at two thirds of that",
    default: 7 * 24 * 3_600_000,
    min: 10_000,
  }),
  certificateSecret: setting.text({
    help: "Secret in which the injector keeps its certificate, for all of its replicas",
    default: "exo-injector-certificate",
  }),
  webhook: setting.text({
    help: "MutatingWebhookConfiguration by which the API server calls the injector",
    default: "exo-injector",
  }),
  service: setting.text({ help: "Service by which the API server calls the injector", default: "exo-injector" }),
  namespace: setting.text({
    help: "Namespace of that Service and of the Secret; default: that of the service account",
  }),
  allowHosts: setting.list({
    help: "Names, beside that of the Service, by which the webhook may be called; its certificate is for them as well",
    default: [],
  }),
  kubernetesApi: setting.url({
    help: "Address of the API server; default: that which Kubernetes gives its pods",
    schemes: ["https"],
  }),
  kubernetesCa: setting.file({
    help: "File with the authority of the API server, PEM",
    default: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
  }),
  kubernetesTokenFile: setting.file({
    help: "File with the token of the service account",
    default: "/var/run/secrets/kubernetes.io/serviceaccount/token",
  }),
  maxReview: setting.bytes({
    // API servers take objects of up to 3 MiB.
    help: "Largest review of the API server: a pod of the largest size and what is around it by default",
    default: 4 * 1024 * 1024,
    min: 64 * 1024,
    max: 64 * 1024 * 1024,
  }),
  maxBodyBytes: setting.bytes({
    help: "Bytes of reviews that are being read at once, 16 of the largest by default; more get RATE_LIMITED",
    default: 64 * 1024 * 1024,
    min: 64 * 1024,
  }),
  maxConnections: setting.integer({
    help: "Connections of the webhook, some from each API server, 30 KiB apiece; more are closed",
    default: 500,
    min: 1,
  }),
} as const;

/** The settings of the injector, complete. */
export type InjectorConfig = Config<typeof injectorSettings>;
