import { readFileSync } from "node:fs";
import { adminOptionsOf, BodyBudget, startAdmin } from "@exosphere/http";
import { packageVersion, type RunningProcess, StartError } from "@exosphere/process";
import { type LoadedRun, readTokens, TokenFiles } from "@exosphere/settings";
import { createLog, createRegistry, type Log } from "@exosphere/telemetry";
import { CertificateFiles } from "./certificate/certificate-files.ts";
import type { CertificateSource, OnCertificate } from "./certificate/certificate-source.ts";
import { KeptCertificate } from "./certificate/kept-certificate.ts";
import type { InjectorConfig, injectorSettings } from "./config.ts";
import type { AdmissionRequest } from "./core/admission-review.ts";
import { type InjectionRules, judgePod, type Verdict } from "./core/injection.ts";
import { startWebhookServer } from "./http/webhook-server.ts";
import { ApiClient } from "./kubernetes/api-client.ts";
import { CertificateSecret } from "./kubernetes/certificate-secret.ts";
import { WebhookConfiguration } from "./kubernetes/webhook-configuration.ts";
import { ReviewCounts, registerInjectorMetrics } from "./telemetry/review-counts.ts";

/** The version of this package. */
export const version: string = packageVersion(import.meta.url);

/** Namespaces of Kubernetes itself: a cluster must be able to start without this webhook. */
const systemNamespaces = ["kube-system", "kube-public", "kube-node-lease"];

/** Seconds that a pod with a sidecar needs to end: the usual grace of a sidecar (10 s), and what is left to notice it. */
const leastGraceSeconds = 15;

const namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

/** An injector that is up. */
export interface RunningInjector extends RunningProcess {
  /** Port of the webhook. */
  readonly port: number;
  readonly adminPort: number;
}

/** Starts the injector. Throws a SettingsError or a StartError. */
export async function startInjector(loaded: LoadedRun<typeof injectorSettings>): Promise<RunningInjector> {
  const { config } = loaded;
  const log = createLog({ name: "injector", level: config.logLevel, pretty: config.pretty });
  const namespace = namespaceOf(config);
  const names = [`${config.service}.${namespace}.svc`, ...config.allowHosts];
  const counts = new ReviewCounts();
  const room = new BodyBudget(config.maxBodyBytes);
  const registry = createRegistry({ version });
  const server = await startWebhookServer({
    host: config.host,
    port: config.port,
    setting: "--port",
    names,
    maxReviewBytes: config.maxReview,
    maxConnections: config.maxConnections,
    room,
    judge: judgeWith(rulesOf(config), counts, log),
    onInvalid: () => counts.count("invalid"),
    log,
  });
  const tokenFiles = new TokenFiles({ log });
  const closers: (() => void)[] = [() => server.close(), () => tokenFiles.close()];
  const close = () => {
    for (const each of closers) each();
  };
  try {
    const certificate = openCertificate(config, names, namespace, (pair) => server.serve(pair), log, closers);
    registerInjectorMetrics(registry, { counts, certificate, connections: server.connections, room });
    const admin = await startAdmin({
      ...adminOptionsOf(loaded),
      log,
      registry,
      ready: () => readinessOf(certificate),
      remarks: () => certificate.remarks,
      tokens: tokenFiles.open(config.adminTokenFile, "--admin-token-file", readTokens),
      tokenFiles,
    });
    closers.push(() => void admin.close());
    if (certificate instanceof KeptCertificate) await certificate.start();
    log.info({ port: server.port, adminPort: admin.port, names }, "injector online");
    const drain = async () => {
      certificate.close();
      await server.drain();
      close();
    };
    return { port: server.port, adminPort: admin.port, drain, close, log };
  } catch (error) {
    close();
    throw error;
  }
}

function readinessOf({ current }: CertificateSource): true | string {
  if (current === undefined) return "There is no certificate yet: see the log for why none can be made.";
  return current.untilMs > Date.now() || "The certificate has ended, and could not be renewed: see the log.";
}

/** Throws a SettingsError if the certificate comes from files and is broken there. */
function openCertificate(
  config: InjectorConfig,
  names: readonly string[],
  namespace: string,
  onCertificate: OnCertificate,
  log: Log,
  closers: (() => void)[],
): CertificateSource {
  const { tlsCert, tlsKey } = config;
  if (tlsCert !== undefined && tlsKey !== undefined) {
    const files = new CertificateFiles({ certificate: tlsCert, key: tlsKey, log, onCertificate });
    closers.push(() => files.close());
    return files;
  }
  const api = openApi(config);
  const kept = new KeptCertificate({
    store: new CertificateSecret(api, namespace, config.certificateSecret),
    trust: new WebhookConfiguration(api, config.webhook),
    names,
    lifeMs: config.certificateLife,
    onCertificate,
    log,
    now: Date.now,
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs).unref();
      return () => clearTimeout(timer);
    },
  });
  closers.push(
    () => kept.close(),
    () => api.close(),
  );
  return kept;
}

/** Throws a StartError outside of a cluster, where nobody says how to reach its API server. */
function openApi({ kubernetesApi, kubernetesCa, kubernetesTokenFile }: InjectorConfig): ApiClient {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = process.env;
  const url = kubernetesApi ?? (host && `https://${host.includes(":") ? `[${host}]` : host}:${port}`);
  if (!url)
    throw new StartError(
      "this is no pod of Kubernetes: name an API server with --kubernetes-api, or a certificate with --tls-cert and --tls-key",
    );
  try {
    return new ApiClient({ url, caFile: kubernetesCa, tokenFile: kubernetesTokenFile });
  } catch (error) {
    throw new StartError(`--kubernetes-ca ${kubernetesCa} cannot be read (${(error as Error).message})`);
  }
}

/** Throws a StartError where neither the settings nor Kubernetes say it. */
function namespaceOf({ namespace }: InjectorConfig): string {
  if (namespace !== undefined) return namespace;
  try {
    return readFileSync(namespaceFile, "utf8").trim();
  } catch {
    throw new StartError("this is no pod of Kubernetes: say by --namespace in which namespace the injector is called");
  }
}

function rulesOf(config: InjectorConfig): InjectionRules {
  const { sidecarImage: image, broker, appPort, tokensSecret, excludeNamespaces } = config;
  const amounts = (cpu: string | undefined, memory: string | undefined) => ({
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
  });
  const resources = {
    requests: amounts(config.cpuRequest, config.memoryRequest),
    limits: amounts(config.cpuLimit, config.memoryLimit),
  };
  return {
    defaults: { image, broker, appPort, tokensSecret, resources },
    excludedNamespaces: new Set([...systemNamespaces, ...excludeNamespaces]),
    version,
    leastGraceSeconds,
  };
}

function judgeWith(rules: InjectionRules, counts: ReviewCounts, log: Log): (request: AdmissionRequest) => Verdict {
  return ({ pod, namespace }) => {
    const verdict: Verdict = pod === undefined ? { kind: "ignored" } : judgePod(pod, namespace, rules);
    counts.count(verdict.kind);
    const name = pod?.metadata?.name ?? pod?.metadata?.generateName;
    if (verdict.kind === "injected")
      log.info({ namespace, pod: name, role: verdict.role, warnings: verdict.warnings }, "gave a pod its sidecar");
    if (verdict.kind === "refused") log.warn({ namespace, pod: name, mistakes: verdict.mistakes }, "refused a pod");
    return verdict;
  };
}
