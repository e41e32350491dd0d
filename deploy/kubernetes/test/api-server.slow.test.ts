import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "@exosphere/process";
import { eventually, metricOf, ProcessUnderTest } from "@exosphere/testkit";
import {
  hasKubernetesApi,
  type KubernetesAnswer,
  KubernetesApi,
  type KubernetesObject,
  kubernetesApiNeeded,
} from "@exosphere/testkit/kubernetes-api";
import { kubernetesFiles } from "../src/kubernetes-files.ts";
import { sample } from "../src/sample.fixture.ts";
import { type Manifest, manifestsBelow, manifestsIn } from "../src/written.fixture.ts";

const files = kubernetesFiles(sample, "");
const namespace = "shop";
const webhookPath = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/shop-shop-injector";
const restricted = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
};

const placed = (manifest: Manifest): KubernetesObject =>
  ({ ...manifest, metadata: { ...manifest.metadata, namespace } }) as unknown as KubernetesObject;

const injectorObjects = manifestsIn(files.find(({ path }) => path === "optional/injector.yaml")?.text ?? "");

/** exo-injector as the service account that the manifests give it. */
class Injector {
  readonly #api: KubernetesApi;
  readonly #more: readonly string[];
  #process: ProcessUnderTest | undefined;
  admin = "";

  constructor(api: KubernetesApi, more: readonly string[] = []) {
    this.#api = api;
    this.#more = more;
  }

  async start(port: number): Promise<void> {
    const [adminPort] = (await freePorts(1)) as [number];
    const token = join(this.#api.folder, "injector-token");
    writeFileSync(token, "token-of-the-injector");
    const { args } = (injectorObjects.get("Deployment shop-injector") as Manifest).spec.template.spec.containers[0];
    // As the manifest has it, but for where it listens.
    const kept = (args as string[]).filter((arg) => !/^--(?:admin-)?(?:host|port)=/.test(arg));
    const cluster = [
      `--kubernetes-api=${this.#api.url}`,
      `--kubernetes-ca=${this.#api.caFile}`,
      `--kubernetes-token-file=${token}`,
    ];
    this.admin = `http://127.0.0.1:${adminPort}`;
    this.#process = new ProcessUnderTest({
      entry: new URL("../../injector/src/bin.ts", import.meta.url),
      args: [
        ...kept,
        ...cluster,
        `--namespace=${namespace}`,
        `--port=${port}`,
        `--admin-port=${adminPort}`,
        ...this.#more,
      ],
    });
    await this.#process.answers(`${this.admin}/readyz`);
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }
}

describe(`Kubernetes${hasKubernetesApi ? "" : `: ${kubernetesApiNeeded}`}`, function () {
  this.timeout(120_000);
  let api: KubernetesApi;
  let port: number;
  let running: Injector | undefined;
  let pods = 0;

  before(async function () {
    if (!hasKubernetesApi) return this.skip();
    const name = "system:serviceaccount:shop:shop-injector";
    const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];
    api = await KubernetesApi.start([{ name, token: "token-of-the-injector", groups }]);
    await api.createNamespace(namespace, restricted);
    [port] = (await freePorts(1)) as [number];
    for (const manifest of injectorObjects.values()) await api.apply(placed(local(manifest, port)));
  });
  after(async () => {
    await running?.stop();
    await api?.stop();
  });

  /** Creates a pod, with the label or without. */
  function createPod(more: object, annotations: object = {}, where = namespace): Promise<KubernetesAnswer> {
    pods += 1;
    return api.call("POST", `/api/v1/namespaces/${where}/pods`, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: `pod-${pods}`, labels: more, annotations },
      spec: podSpec,
    });
  }

  it("every object is accepted, and nobody is warned", async () => {
    const all = new Map([...manifestsBelow(files, "plain"), ...injectorObjects]);
    assert.ok(all.size > 30);
    for (const [name, manifest] of all) {
      const { warnings } = await api.apply(placed(local(manifest, port)), { dryRun: true });
      assert.deepEqual(warnings, [], name);
    }
  });

  it("a pod with the label is not created while there is no injector", async () => {
    const { status, object } = await createPod({ "exosphere.dev/role": "users" });
    assert.equal(status, 500);
    assert.match(object.message, /failed calling webhook "pods.exosphere.dev"/);
    assert.equal((await createPod({})).status, 201, "others are");
  });

  it("a pod with the label gets the sidecar that a generated one has", async () => {
    running = new Injector(api);
    await running.start(port);
    const { object, warnings } = await eventually("the webhook is trusted", async () => {
      const answer = await createPod({ "exosphere.dev/role": "users" });
      return answer.status === 201 && answer;
    });
    const [sidecar, ...others] = object.spec.initContainers;
    assert.deepEqual(others, []);
    const generated = manifestsBelow(files, "plain").get("StatefulSet shop-users")?.spec.template.spec
      .initContainers[0];
    for (const field of ["name", "image", "command", "args", "restartPolicy", "resources", "securityContext"])
      assert.deepEqual(sidecar[field], generated[field], field);
    assert.deepEqual(
      object.spec.containers[0].env.map(({ name }: Manifest) => name),
      ["ROLE", "EXOCOM_HOST", "EXOCOM_PORT", "EXOCOM_SOCKET", "EXORELAY_PORT"],
    );
    assert.ok(object.metadata.annotations["exosphere.dev/injected"]);
    assert.deepEqual(warnings, []);
  });

  it("pods of the application are of the restricted profile, and stay as they are", async () => {
    for (const { metadata, spec } of manifestsBelow(files, "plain").values()) {
      if (spec?.template?.spec === undefined) continue;
      // Claims are made by a controller.
      const claims = (spec.volumeClaimTemplates ?? []).map((claim: Manifest) => ({
        name: claim.metadata.name,
        emptyDir: {},
      }));
      const { status, object } = await api.call("POST", `/api/v1/namespaces/${namespace}/pods?dryRun=All`, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { ...spec.template.metadata, name: metadata.name },
        spec: { ...spec.template.spec, volumes: [...spec.template.spec.volumes, ...claims] },
      });
      assert.equal(status, 201, `${metadata.name}: ${object.message}`);
      assert.equal(object.spec.initContainers?.length, spec.template.spec.initContainers?.length, metadata.name);
    }
  });

  it("a pod that asks wrongly is refused with what is wrong, and one is warned of what it should not do", async () => {
    const wrong = await createPod({ "exosphere.dev/role": "users" }, { "exosphere.dev/app-prot": "1" });
    assert.equal(wrong.status, 422);
    assert.match(wrong.object.message, /annotation exosphere\.dev\/app-prot: not known/);
    const own = { ...podSpec, terminationGracePeriodSeconds: 5 };
    const body = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "hasty", labels: { "exosphere.dev/role": "users" } },
      spec: own,
    };
    const { status, warnings } = await api.call("POST", `/api/v1/namespaces/${namespace}/pods`, body);
    assert.equal(status, 201);
    assert.match(warnings[0] ?? "", /terminationGracePeriodSeconds: 5 s is too short/);
  });

  it("pods of other namespaces stay as they are", async () => {
    await api.apply({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default", namespace: "kube-system" },
    });
    const { status, object } = await createPod({ "exosphere.dev/role": "users" }, {}, "kube-system");
    assert.equal(status, 201);
    assert.equal(object.spec.initContainers, undefined);
  });

  it("a certificate is renewed while pods are created, and none of them is refused", async () => {
    await running?.stop();
    const short = ["--certificate-life=20s"];
    running = new Injector(api, short);
    // What is kept is for days: renewed only once it is gone.
    await api.call("DELETE", `/api/v1/namespaces/${namespace}/secrets/shop-injector-certificate`);
    await running.start(port);
    const { admin } = running;
    let created = 0;
    await eventually(
      "two renewals",
      async () => {
        const { status, object } = await createPod({ "exosphere.dev/role": "users" });
        // The API server learns of the first certificate a moment after it was written.
        if (created > 0 || status === 201) assert.equal(status, 201, object.message);
        if (status === 201) created += 1;
        return ((await metricOf(admin, "exo_injector_certificate_renewals_total")) ?? 0) >= 2;
      },
      90_000,
    );
    const { object } = await api.call("GET", webhookPath);
    const bundle = Buffer.from(object.webhooks[0].clientConfig.caBundle, "base64").toString();
    assert.equal(bundle.match(/BEGIN CERTIFICATE/g)?.length, 2);
    assert.ok(new X509Certificate(bundle).ca);
    assert.ok(created > 20, `${created} pods`);
  });

  it("a pod is created without its sidecar while there is no injector, where that is wanted", async () => {
    await running?.stop();
    running = undefined;
    const patch = [{ op: "replace", path: "/webhooks/0/failurePolicy", value: "Ignore" }];
    await api.call("PATCH", webhookPath, patch, "application/json-patch+json");
    const { object } = await eventually("the change is known", async () => {
      const answer = await createPod({ "exosphere.dev/role": "users" });
      return answer.status === 201 && answer;
    });
    assert.equal(object.spec.initContainers, undefined);
  });
});

const podSpec = {
  securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: "RuntimeDefault" } },
  containers: [
    {
      name: "app",
      image: "registry.example/app:1",
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    },
  ],
};

/** Where the API server finds the injector of the test: no pod runs, so that no Service leads to one. */
function local(manifest: Manifest, port: number): Manifest {
  const copy = structuredClone(manifest);
  if (copy.kind === "MutatingWebhookConfiguration") copy.webhooks[0].clientConfig.service.port = port;
  const isService = copy.kind === "Service" && copy.metadata.name === "shop-injector";
  return isService ? { ...copy, spec: { type: "ExternalName", externalName: "localhost" } } : copy;
}
