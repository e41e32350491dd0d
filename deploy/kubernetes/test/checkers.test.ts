import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { helm, kubernetesValidate } from "@exosphere/testkit/kubernetes-tools";
import { kubernetesFiles } from "../src/kubernetes-files.ts";
import { sample } from "../src/sample.fixture.ts";
import { type Manifest, manifestsBelow, manifestsIn, WrittenFiles } from "../src/written.fixture.ts";

const files = kubernetesFiles(sample, "# head\n");

describe("what is written for Kubernetes", function () {
  this.timeout(60_000);
  const withHelm = helm.isThere ? it : it.skip;
  const withValidate = kubernetesValidate.isThere ? it : it.skip;
  let written: WrittenFiles;

  before(() => {
    written = new WrittenFiles(files);
  });
  after(() => written.remove());

  /** What Helm says, and makes of the chart with these values. */
  function template(...set: readonly string[]) {
    const args = ["template", "shop", written.path("chart"), "--namespace=shop", "--kube-version=1.37.0"];
    return helm.run([...args, ...set.flatMap((each) => ["--set", each])]);
  }

  /** The objects of the chart with these values. */
  function objectsOf(...set: readonly string[]): Map<string, Manifest> {
    const { code, stdout, stderr } = template(...set);
    assert.equal(code, 0, stderr);
    return manifestsIn(stdout);
  }

  withHelm(`passes 'helm lint'${helm.note}`, () => {
    const { code, stdout } = helm.run(["lint", "--strict", written.path("chart")]);
    assert.equal(code, 0, stdout);
  });

  withHelm(`is the same as a chart and as plain manifests${helm.note}`, () => {
    const made = objectsOf();
    // Its tokens are random, so that it is in no plain manifest.
    assert.ok(made.delete("Secret shop-tokens"));
    assert.deepEqual(Object.fromEntries(made), Object.fromEntries(manifestsBelow(files, "plain")));
  });

  withHelm(`is the same with everything that is optional${helm.note}`, () => {
    const made = objectsOf("injector.enabled=true", "prometheus.monitors=true");
    made.delete("Secret shop-tokens");
    const all = new Map([...manifestsBelow(files, "plain"), ...manifestsBelow(files, "optional")]);
    assert.deepEqual(Object.fromEntries(made), Object.fromEntries(all));
  });

  withHelm(`changes by its values${helm.note}`, () => {
    const made = objectsOf(
      "image=other.example/exosphere:9.9.9",
      "roles.web.replicas=3",
      "roles.web.env[0].name=A",
      "roles.web.env[0].value=b",
      "roles.users.autoscaling.queueMessages=1000000",
      "gateway.host=bus.example",
      "ingress.tlsSecretPrefix=tls-",
      "broker.storageClass=fast",
      "networkPolicies.enabled=false",
      "tokens.generate=false",
      "tokens.secret=mine",
      "injector.enabled=true",
      "injector.certificate=by-cert-manager",
      "injector.webhookAnnotations.cert-manager\\.io/inject-ca-from=shop/injector",
    );
    const object = (name: string) => made.get(name) ?? assert.fail(name);
    const web = object("Deployment shop-web").spec;
    assert.equal(web.replicas, 3);
    assert.equal(web.template.spec.initContainers[0].image, "other.example/exosphere:9.9.9");
    assert.deepEqual(web.template.spec.containers[0].env.at(-1), { name: "A", value: "b" });
    const [, queue] = object("HorizontalPodAutoscaler shop-users").spec.metrics;
    assert.equal(queue.external.target.averageValue, "1000000");
    assert.ok(
      object("StatefulSet shop-gateway").spec.template.spec.containers[0].args.includes("--allow-hosts=bus.example"),
    );
    assert.equal(object("StatefulSet shop-broker").spec.volumeClaimTemplates[0].spec.storageClassName, "fast");
    assert.deepEqual(object("Ingress shop-gateway").spec.tls, [{ hosts: ["bus.example"], secretName: "tls-gateway" }]);
    const volumes = object("StatefulSet shop-broker").spec.template.spec.volumes as Manifest[];
    assert.ok(volumes.some(({ secret }) => secret?.secretName === "mine"));
    const injector = object("Deployment shop-injector").spec.template.spec;
    assert.ok(injector.containers[0].args.includes("--tls-cert=/etc/exosphere/certificate/tls.crt"));
    assert.equal(injector.volumes[0].secret.secretName, "by-cert-manager");
    const { annotations } = object("MutatingWebhookConfiguration shop-shop-injector").metadata;
    assert.deepEqual(annotations, { "cert-manager.io/inject-ca-from": "shop/injector" });
    const others = [...made.keys()].filter((name) => /^NetworkPolicy|^Secret/.test(name));
    assert.deepEqual(others, ["NetworkPolicy shop-injector"]);
  });

  const wrong: readonly (readonly [set: string, said: RegExp])[] = [
    ["gatway.host=x", /additional properties 'gatway' not allowed/],
    ["broker.replicas=2", /additional properties 'replicas' not allowed/],
    ["roles.nobody.replicas=2", /additional properties 'nobody' not allowed/],
    ["roles.web.replicas=many", /got string, want integer/],
    ["image=exosphere:latest", /image/],
    ["image=exosphere", /does not match pattern/],
    ["injector.failurePolicy=Maybe", /value must be one of 'Fail', 'Ignore'/],
    ["broker.logLevel=loud", /value must be one of/],
  ];
  for (const [set, said] of wrong) {
    withHelm(`refuses the value ${set}${helm.note}`, () => {
      const { code, stderr } = template(set);
      assert.notEqual(code, 0);
      assert.match(stderr, said);
    });
  }

  withHelm(`makes tokens that the broker reads${helm.note}`, () => {
    const { data } = objectsOf().get("Secret shop-tokens") ?? assert.fail("no Secret");
    const text = (key: string) => Buffer.from(data[key], "base64").toString();
    const roles = JSON.parse(text("attach-tokens.yml")) as Record<string, string>;
    assert.deepEqual(Object.keys(roles).sort(), ["admin pages", "clients", "users", "web"]);
    assert.equal(roles.web, text("attach-token-web"));
    assert.equal(roles["admin pages"], text("attach-token-admin-pages-h12345678"));
    assert.match(text("admin-token"), /^\w{32}$/);
    assert.equal(new Set(Object.values(data)).size, Object.keys(data).length);
  });

  withValidate(`passes 'kubernetes-validate --strict'${kubernetesValidate.note}`, () => {
    for (const [folder, skipped] of [
      ["plain", ""],
      ["optional", "monitors.yaml"],
    ] as const) {
      const names = readdirSync(written.path(folder)).filter((name) => name !== skipped);
      const { code, stdout, stderr } = kubernetesValidate.run([
        "--strict",
        ...names.map((name) => written.path(`${folder}/${name}`)),
      ]);
      assert.equal(code, 0, `${stdout}${stderr}`);
    }
  });
});
