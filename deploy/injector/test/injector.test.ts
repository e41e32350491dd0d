import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, metricOf, ProcessUnderTest } from "@exosphere/testkit";
import { issueCertificate } from "../src/certificate/issue-certificate.ts";
import type { PatchOperation } from "../src/core/json-patch.ts";
import { patched, podOf } from "../src/core/pod.fixture.ts";
import type { Pod } from "../src/core/pod.ts";
import { FakeApiServer } from "./fake-api-server.fixture.ts";
import { InjectorProcess } from "./injector-process.fixture.ts";

const name = "exo-injector.exosphere.svc";
const secretPath = "/api/v1/namespaces/exosphere/secrets/exo-injector-certificate";
const webhookPath = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/exo-injector";

function review(object: unknown, namespace = "shop"): object {
  const kind = { group: "", version: "v1", kind: "Pod" };
  const request = { uid: "705ab4f5", kind, namespace, operation: "CREATE", object };
  return { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request };
}

function patchIn(patch: string | undefined): PatchOperation[] {
  return JSON.parse(Buffer.from(patch ?? "W10=", "base64").toString()) as PatchOperation[];
}

describe("exo-injector with a certificate of its own", function () {
  this.timeout(60_000);
  let api: FakeApiServer;
  let injector: InjectorProcess;
  const access = () => [
    `--kubernetes-api=${api.url}`,
    `--kubernetes-ca=${api.caFile}`,
    `--kubernetes-token-file=${api.tokenFile}`,
  ];
  const bundle = () => {
    const { webhooks } = api.objects.get(webhookPath) as unknown as {
      webhooks: { clientConfig: { caBundle: string } }[];
    };
    return Buffer.from(webhooks[0]?.clientConfig.caBundle ?? "", "base64").toString();
  };

  before(async () => {
    api = await FakeApiServer.start();
    api.put(webhookPath, { webhooks: [{ name: "pods.exosphere.dev", clientConfig: {} }] });
    injector = await InjectorProcess.start([...access(), "--tokens-secret=tokens"], "/readyz");
  });
  after(async () => {
    await injector?.stop();
    api?.stop();
  });

  it("gives a pod its sidecar", async () => {
    const { status, json } = await injector.post(review(podOf()), { ca: bundle(), name });
    assert.equal(status, 200);
    assert.equal(json.response?.uid, "705ab4f5");
    assert.equal(json.response?.allowed, true);
    const pod: Pod = patched(podOf(), patchIn(json.response?.patch));
    assert.deepEqual(
      pod.spec.initContainers?.map((each) => each.name),
      ["exo-sidecar"],
    );
    assert.equal(json.response?.warnings, undefined);
  });

  it("leaves pods of kube-system and those without the label alone", async () => {
    for (const body of [review(podOf(), "kube-system"), review({ spec: { containers: [{ name: "app" }] } })]) {
      const { json } = await injector.post(body, { ca: bundle(), name });
      assert.deepEqual(json.response, { uid: "705ab4f5", allowed: true });
    }
  });

  it("refuses a pod that asks wrongly, and says all that is wrong", async () => {
    const annotations = { "exosphere.dev/app-port": "x", "exosphere.dev/image": "a:latest" };
    const { json } = await injector.post(review(podOf({}, annotations)), { ca: bundle(), name });
    assert.equal(json.response?.allowed, false);
    assert.match(
      json.response?.status?.message ?? "",
      /app-port: 'x' is not a port.*; annotation exosphere\.dev\/image: 'a:latest'/,
    );
  });

  it("answers what is no review, or too large, with a problem", async () => {
    const options = { ca: bundle(), name };
    assert.equal((await injector.post("{", options)).status, 400);
    assert.equal((await injector.post("x".repeat(5_000_000), options)).json.reason, "PAYLOAD_TOO_LARGE");
    assert.match(
      (await injector.post("{}", { ...options, path: "/other" })).json.detail ?? "",
      /There is: POST \/inject/,
    );
  });

  it("is not served by another name than that of its Service", async () => {
    await assert.rejects(injector.post(review(podOf()), { ca: bundle(), name: "other.exosphere.svc" }));
  });

  it("counts what became of reviews, and says how long the certificate is valid", async () => {
    const metric = async (sample: string) =>
      (await metricOf(injector.admin, `exo_injector_${sample}`)) ?? assert.fail(sample);
    const reviews = (result: string) => metric(`reviews_total{result="${result}"}`);
    assert.ok((await reviews("injected")) >= 1 && (await reviews("ignored")) >= 2 && (await reviews("refused")) >= 1);
    assert.ok((await reviews("invalid")) >= 1);
    const days = (await metric("certificate_expiry_seconds")) / 86_400;
    assert.ok(days > 6.9 && days <= 7, `${days} days`);
  });

  it("shares its certificate with its replicas", async () => {
    const other = await InjectorProcess.start(access(), "/readyz");
    try {
      const before = structuredClone(api.objects.get(secretPath));
      const { json } = await other.post(review(podOf()), { ca: bundle(), name });
      assert.equal(json.response?.allowed, true);
      assert.match(json.response?.warnings?.[0] ?? "", /the sidecar gets no token/);
      assert.deepEqual(api.objects.get(secretPath), before);
    } finally {
      assert.equal((await other.stop()).code, 0);
    }
  });

  it("renews a certificate of seconds while it is called", async () => {
    const short = ["--certificate-life=12s", "--certificate-secret=short"];
    const other = await InjectorProcess.start([...access(), ...short], "/readyz");
    try {
      await eventually(
        "a renewed certificate",
        async () => {
          const { json } = await other.post(review(podOf()), { ca: bundle(), name });
          assert.equal(json.response?.allowed, true);
          return ((await metricOf(other.admin, "exo_injector_certificate_renewals_total")) ?? 0) > 0;
        },
        40_000,
      );
    } finally {
      await other.stop();
    }
  });
});

describe("exo-injector without a certificate", function () {
  this.timeout(60_000);

  it("is not ready, says why in its log, and becomes ready by itself", async () => {
    const api = await FakeApiServer.start();
    const access = [
      `--kubernetes-api=${api.url}`,
      `--kubernetes-ca=${api.caFile}`,
      `--kubernetes-token-file=${api.tokenFile}`,
    ];
    const injector = await InjectorProcess.start(access);
    try {
      await injector.answers(`${injector.admin}/readyz`, 503);
      const { err } = (await injector.logs("the certificate cannot be looked after")) as { err: { message: string } };
      assert.match(err.message, /reading MutatingWebhookConfiguration exo-injector: the API server answered 404/);
      api.put(webhookPath, { webhooks: [{ clientConfig: {} }] });
      await injector.answers(`${injector.admin}/readyz`);
    } finally {
      await injector.stop();
      api.stop();
    }
  });
});

describe("exo-injector with a certificate from files", function () {
  this.timeout(60_000);

  it("serves with it, and with a changed one from then on", async () => {
    const api = await FakeApiServer.start();
    const [certificate, key] = [join(api.folder, "tls.crt"), join(api.folder, "tls.key")];
    const write = () => {
      const issued = issueCertificate({ names: [name], fromMs: Date.now(), untilMs: Date.now() + 3_600_000 });
      writeFileSync(key, issued.key);
      writeFileSync(certificate, issued.certificate);
      return issued.authority;
    };
    const first = write();
    const injector = await InjectorProcess.start([`--tls-cert=${certificate}`, `--tls-key=${key}`], "/readyz");
    try {
      assert.equal((await injector.post(review(podOf()), { ca: first, name })).json.response?.allowed, true);
      const second = write();
      await injector.logs("took over a changed certificate");
      assert.equal((await injector.post(review(podOf()), { ca: second, name })).json.response?.allowed, true);
      await assert.rejects(injector.post(review(podOf()), { ca: first, name }));
      assert.deepEqual(api.calls, []);
    } finally {
      await injector.stop();
      api.stop();
    }
  });
});

describe("exo-injector that is started wrongly", () => {
  const entry = new URL("../src/bin.ts", import.meta.url);
  const fails = (args: readonly string[]) => new ProcessUnderTest({ entry, args }).failure();

  it("names all mistakes of its settings", async () => {
    const { code, text } = await fails([
      "--sidecar-image=exosphere",
      "--memory-limit=lots",
      "--tls-key=/dev/null",
      "--app-port=4200",
    ]);
    assert.equal(code, 64);
    for (const said of [
      /--broker is required|--broker/,
      /--sidecar-image: 'exosphere' has no version/,
      /--memory-limit: 'lots'/,
      /--tls-cert and --tls-key/,
      /--app-port: 4200/,
    ])
      assert.match(text, said);
  });

  it("says what it needs outside of a cluster", async () => {
    const given = ["--sidecar-image=a:1", "--broker=b:4100", "--port=0", "--admin-port=0"];
    assert.deepEqual(await fails(given), {
      code: 1,
      text: "exo-injector: this is no pod of Kubernetes: say by --namespace in which namespace the injector is called",
    });
    const { code, text } = await fails([...given, "--namespace=exosphere"]);
    assert.equal(code, 1);
    assert.match(text, /name an API server with --kubernetes-api, or a certificate with --tls-cert and --tls-key$/);
  });
});
