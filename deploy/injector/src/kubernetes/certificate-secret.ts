import type { CertificateStore, StoredCertificate } from "../certificate/kept-certificate.ts";
import { type ApiClient, unexpected } from "./api-client.ts";

/** The part of a client that is used here. */
export type ApiCaller = Pick<ApiClient, "call">;

/** Keeps the certificate of all replicas in a Secret: `tls.crt`, `tls.key` and, for those who look, the authorities as `ca.crt`. */
export class CertificateSecret implements CertificateStore {
  readonly #api: ApiCaller;
  readonly #namespace: string;
  readonly #name: string;

  constructor(api: ApiCaller, namespace: string, name: string) {
    this.#api = api;
    this.#namespace = namespace;
    this.#name = name;
  }

  async read(): ReturnType<CertificateStore["read"]> {
    const answer = await this.#api.call({ method: "GET", path: `${this.#collection}/${this.#name}` });
    if (answer.status === 404) return { stored: undefined, version: undefined };
    const { metadata, data } = (answer.object ?? {}) as {
      metadata?: { resourceVersion?: string };
      data?: Readonly<Record<string, string>>;
    };
    if (answer.status !== 200 || metadata?.resourceVersion === undefined)
      throw unexpected(`reading Secret ${this.#title}`, answer);
    return { stored: storedIn(data), version: metadata.resourceVersion };
  }

  async write(stored: StoredCertificate, version: string | undefined): Promise<boolean> {
    const { certificate, key, authorities } = stored;
    const body = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: this.#name, namespace: this.#namespace, ...(version && { resourceVersion: version }) },
      type: "kubernetes.io/tls",
      data: { "tls.crt": base64(certificate), "tls.key": base64(key), "ca.crt": base64(authorities) },
    };
    const answer = await this.#api.call(
      version === undefined
        ? { method: "POST", path: this.#collection, body }
        : { method: "PUT", path: `${this.#collection}/${this.#name}`, body },
    );
    // 404: it was deleted meanwhile; 409: somebody else was faster.
    if (answer.status === 409 || answer.status === 404) return false;
    if (answer.status >= 300) throw unexpected(`writing Secret ${this.#title}`, answer);
    return true;
  }

  get #collection(): string {
    return `/api/v1/namespaces/${this.#namespace}/secrets`;
  }

  get #title(): string {
    return `${this.#namespace}/${this.#name}`;
  }
}

function storedIn(data: Readonly<Record<string, string>> = {}): StoredCertificate | undefined {
  const text = (key: string) => Buffer.from(data[key] ?? "", "base64").toString("utf8");
  const stored = { certificate: text("tls.crt"), key: text("tls.key"), authorities: text("ca.crt") };
  return Object.values(stored).includes("") ? undefined : stored;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
