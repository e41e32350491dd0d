import type { TrustStore } from "../certificate/kept-certificate.ts";
import { pointer } from "../core/json-patch.ts";
import { unexpected } from "./api-client.ts";
import type { ApiCaller } from "./certificate-secret.ts";

const collection = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

/** Attempts to change a configuration that others change at the same time. */
const maxConflicts = 5;

/** The MutatingWebhookConfiguration by which the API server calls, and whom it trusts there. */
export class WebhookConfiguration implements TrustStore {
  readonly #api: ApiCaller;
  readonly #name: string;

  constructor(api: ApiCaller, name: string) {
    this.#api = api;
    this.#name = name;
  }

  async trust(authorities: string): Promise<boolean> {
    const caBundle = Buffer.from(authorities).toString("base64");
    for (let attempt = 0; attempt < maxConflicts; attempt++) {
      const { version, bundles } = await this.#read();
      const stale = bundles.flatMap((bundle, index) => (bundle === caBundle ? [] : [index]));
      if (stale.length === 0) return false;
      if (await this.#patch(version, stale, caBundle)) return true;
    }
    throw new Error(
      `MutatingWebhookConfiguration ${this.#name} was changed ${maxConflicts} times while it was updated`,
    );
  }

  /** The authorities that the API server trusts, by webhook. */
  async #read(): Promise<{ readonly version: string; readonly bundles: readonly (string | undefined)[] }> {
    const answer = await this.#api.call({ method: "GET", path: `${collection}/${this.#name}` });
    const { metadata, webhooks = [] } = (answer.object ?? {}) as {
      metadata?: { resourceVersion?: string };
      webhooks?: readonly { readonly clientConfig?: { readonly caBundle?: string } }[];
    };
    if (answer.status !== 200 || metadata?.resourceVersion === undefined)
      throw unexpected(`reading MutatingWebhookConfiguration ${this.#name}`, answer);
    return { version: metadata.resourceVersion, bundles: webhooks.map((each) => each.clientConfig?.caBundle) };
  }

  /** Resolves to false where somebody else has changed the configuration since it was read: a webhook may have another place. */
  async #patch(version: string, webhooks: readonly number[], caBundle: string): Promise<boolean> {
    const answer = await this.#api.call({
      method: "PATCH",
      path: `${collection}/${this.#name}`,
      mediaType: "application/json-patch+json",
      body: [
        { op: "test", path: "/metadata/resourceVersion", value: version },
        ...webhooks.map((index) => ({
          op: "add",
          path: pointer("webhooks", index, "clientConfig", "caBundle"),
          value: caBundle,
        })),
      ],
    });
    // 422: the test failed.
    if (answer.status === 409 || answer.status === 422) return false;
    if (answer.status !== 200) throw unexpected(`changing MutatingWebhookConfiguration ${this.#name}`, answer);
    return true;
  }
}
