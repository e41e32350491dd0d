import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { freePorts } from "@exosphere/process";
import { eventually } from "./eventually.ts";

const programs = fileURLToPath(new URL("../../../.tools/kubernetes", import.meta.url));

/** Whether the API server of Kubernetes and its store are there. */
export const hasKubernetesApi: boolean = ["etcd", "kube-apiserver"].every((name) => existsSync(join(programs, name)));

/** How to get them: for those who read that a test was skipped. */
export const kubernetesApiNeeded = "needs the API server of Kubernetes (npm run kubernetes; Go, ten minutes)";

/** How long the API server may take until it is ready, in milliseconds: ten times what it takes on a quiet machine. */
const startMs = 90_000;

/** An object of Kubernetes. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** What the API server answered. */
export interface KubernetesAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: an object of any of Kubernetes' kinds, of which a test knows what to expect.
  readonly object: any;
  /** What it warned of, such as webhooks do. */
  readonly warnings: readonly string[];
}

/** A user that the API server knows by a token. */
export interface KubernetesUser {
  readonly name: string;
  readonly token: string;
  readonly groups: readonly string[];
}

/**
 * A real API server of Kubernetes with etcd, and nothing else: objects are checked, admitted and kept as in a cluster, but no pod
 * ever runs. It listens on loopback alone.
 */
export class KubernetesApi {
  readonly folder: string = mkdtempSync(join(tmpdir(), "exo-kubernetes-"));
  readonly url: string;
  readonly #processes: ChildProcess[] = [];
  readonly #adminToken = "admin-of-the-test";
  readonly #output: string[] = [];
  #agent: Agent | undefined;

  private constructor(port: number) {
    this.url = `https://127.0.0.1:${port}`;
  }

  /** File with the authority of the API server. */
  get caFile(): string {
    return join(this.folder, "apiserver.crt");
  }

  /** Starts both. `users` are known beside an administrator. */
  static async start(users: readonly KubernetesUser[] = []): Promise<KubernetesApi> {
    const [port, clients, peers] = (await freePorts(3)) as [number, number, number];
    const api = new KubernetesApi(port);
    try {
      api.#startStore(clients, peers);
      api.#startServer(port, clients, users);
      await eventually("the API server", () => api.#isReady(), startMs);
    } catch (error) {
      await api.stop();
      throw new Error(`${(error as Error).message}\n${api.#output.slice(-20).join("")}`, { cause: error });
    }
    return api;
  }

  /** Makes a call as the administrator. */
  async call(method: string, path: string, body?: unknown, mediaType = "application/json"): Promise<KubernetesAnswer> {
    this.#agent ??= new Agent({ ca: readFileSync(this.caFile), keepAlive: true });
    const { promise, resolve, reject } = Promise.withResolvers<KubernetesAnswer>();
    const headers = { authorization: `Bearer ${this.#adminToken}`, "content-type": mediaType };
    const sent = request(new URL(path, this.url), { method, headers, agent: this.#agent }, (response) => {
      text(response).then((answer) => {
        const { warning = "" } = response.headers as { warning?: string };
        const warnings = [...warning.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, each = ""]) => each);
        resolve({ status: response.statusCode ?? 0, object: jsonOf(answer), warnings });
      }, reject);
    });
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  }

  /** Keeps an object as `kubectl apply --server-side` does; `dryRun`: looks whether it would be kept. Fails where it is refused. */
  async apply(
    object: KubernetesObject,
    { dryRun = false }: { readonly dryRun?: boolean } = {},
  ): Promise<KubernetesAnswer> {
    const query = `fieldManager=test&force=true&fieldValidation=Strict${dryRun ? "&dryRun=All" : ""}`;
    const path = `${await this.#collectionOf(object)}/${object.metadata.name}?${query}`;
    const answer = await this.call("PATCH", path, object, "application/apply-patch+yaml");
    if (answer.status < 300) return answer;
    const { kind, metadata } = object;
    throw new Error(`${kind} ${metadata.name}: ${answer.status} ${answer.object?.message}`);
  }

  /** Makes a namespace with the service account that pods need, which a controller would make in a cluster. */
  async createNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
    await this.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: name } });
  }

  async stop(): Promise<void> {
    this.#agent?.destroy();
    // The server first: it asks its store as it ends.
    for (const each of this.#processes.toReversed()) {
      const ended = new Promise((resolve) => each.once("exit", resolve));
      if (each.exitCode !== null || each.signalCode !== null) continue;
      each.kill("SIGKILL");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #startStore(clients: number, peers: number): void {
    const [url, peer] = [`http://127.0.0.1:${clients}`, `http://127.0.0.1:${peers}`];
    this.#run("etcd", [
      ...[`--data-dir=${join(this.folder, "etcd")}`, "--unsafe-no-fsync", "--log-level=error"],
      ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`],
      ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=default=${peer}`],
    ]);
  }

  #startServer(port: number, store: number, users: readonly KubernetesUser[]): void {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const [key, tokens] = [join(this.folder, "accounts.key"), join(this.folder, "tokens.csv")];
    writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
    const admin = { name: "admin", token: this.#adminToken, groups: ["system:masters"] };
    const lines = [admin, ...users].map(({ name, token, groups }) => `${token},${name},${name},"${groups.join(",")}"`);
    writeFileSync(tokens, `${lines.join("\n")}\n`);
    this.#run("kube-apiserver", [
      ...[`--secure-port=${port}`, "--bind-address=127.0.0.1", `--cert-dir=${this.folder}`],
      ...[`--etcd-servers=http://127.0.0.1:${store}`, "--service-cluster-ip-range=10.96.0.0/16"],
      ...[`--service-account-key-file=${key}`, `--service-account-signing-key-file=${key}`],
      "--service-account-issuer=https://kubernetes.default.svc",
      ...[`--token-auth-file=${tokens}`, "--authorization-mode=RBAC"],
      // Webhooks are called by loopback as well.
      ...["--endpoint-reconciler-type=none", "--advertise-address=127.0.0.1"],
    ]);
  }

  #run(program: string, args: readonly string[]): void {
    const started = spawn(join(programs, program), args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [started.stdout, started.stderr])
      stream.on("data", (piece: Buffer) => {
        this.#output.push(piece.toString());
        if (this.#output.length > 200) this.#output.shift();
      });
    this.#processes.push(started);
  }

  async #isReady(): Promise<boolean> {
    const ended = this.#processes.find(({ exitCode }) => exitCode !== null);
    if (ended) throw new Error(`${ended.spawnfile} ended with ${ended.exitCode}`);
    if (!existsSync(this.caFile)) return false;
    return this.call("GET", "/readyz").then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** Where the objects of a kind are, as the API server lists them. */
  async #collectionOf({ apiVersion, kind, metadata: { namespace } }: KubernetesObject): Promise<string> {
    const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { object } = await this.call("GET", base);
    const resources = (object?.resources ?? []) as { name: string; kind: string; namespaced: boolean }[];
    const found = resources.find((each) => each.kind === kind && !each.name.includes("/"));
    if (found === undefined) throw new Error(`${apiVersion} ${kind}: the API server does not know this kind`);
    return `${base}${found.namespaced ? `/namespaces/${namespace ?? "default"}` : ""}/${found.name}`;
  }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
