import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { kubernetesFiles } from "./kubernetes-files.ts";
import { sample, usual } from "./sample.fixture.ts";
import { type Manifest, manifestsBelow, manifestsIn } from "./written.fixture.ts";

const files = kubernetesFiles(sample, "# head\n");
const plain = manifestsBelow(files, "plain");
const optional = manifestsBelow(files, "optional");
const all = [...plain.values(), ...optional.values()];

function object(name: string): Manifest {
  return plain.get(name) ?? optional.get(name) ?? assert.fail(`there is no ${name}`);
}

/** The templates of pods, by the object that has them. */
const pods = all.flatMap(({ kind, metadata, spec }) =>
  spec?.template
    ? [{ of: `${kind} ${metadata.name}`, spec: spec.template.spec, labels: spec.template.metadata.labels }]
    : [],
);

/** Every container of a pod, its sidecar as well. */
function containersOf({ spec }: (typeof pods)[number]) {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

describe("the objects of an application on Kubernetes", () => {
  it("are what it consists of", () => {
    assert.deepEqual([...plain.keys()].filter((name) => !/^(NetworkPolicy|PodDisruptionBudget) /.test(name)).sort(), [
      "ConfigMap shop-gateway-rules",
      "ConfigMap shop-routes",
      "Deployment shop-admin-pages-h12345678",
      "Deployment shop-dashboard",
      "Deployment shop-web",
      "HorizontalPodAutoscaler shop-users",
      "Ingress shop-admin-pages-h12345678",
      "Ingress shop-gateway",
      "Ingress shop-web",
      "Service shop-admin-pages-h12345678",
      "Service shop-broker",
      "Service shop-gateway",
      "Service shop-users",
      "Service shop-web",
      "StatefulSet shop-broker",
      "StatefulSet shop-gateway",
      "StatefulSet shop-users",
    ]);
  });

  it("are of the restricted profile of the Pod Security Standards, with a root that cannot be written", () => {
    assert.ok(pods.length >= 6);
    for (const pod of pods) {
      const { securityContext } = pod.spec;
      assert.deepEqual([securityContext.runAsNonRoot, securityContext.runAsUser], [true, 10_001], pod.of);
      for (const { name, securityContext: own } of containersOf(pod)) {
        const { readOnlyRootFilesystem, ...rest } = own;
        assert.deepEqual(rest, {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          runAsNonRoot: true,
          seccompProfile: { type: "RuntimeDefault" },
        });
        const isWritable = name === "app" && pod.of.includes("admin-pages");
        assert.equal(readOnlyRootFilesystem, !isWritable, `${pod.of} ${name}`);
      }
    }
  });

  it("have resources, an image with a version, and time to end", () => {
    for (const pod of pods) {
      assert.equal(pod.spec.terminationGracePeriodSeconds, 25, pod.of);
      assert.equal(pod.spec.enableServiceLinks, false);
      for (const { image, resources } of containersOf(pod)) {
        assert.match(image, /:(?!latest$)[\w.-]+$/);
        assert.ok(resources.requests.cpu && resources.requests.memory && resources.limits.memory, pod.of);
      }
    }
  });

  it("ask the API server nothing, but for the injector", () => {
    for (const { of, spec } of pods) assert.equal(spec.automountServiceAccountToken, of.endsWith("-injector"), of);
  });

  it("have probes by which Exosphere's processes are started, watched and left alone", () => {
    for (const pod of pods)
      for (const { name, startupProbe, livenessProbe, readinessProbe } of containersOf(pod))
        if (name !== "app") {
          const paths = [startupProbe, readinessProbe, livenessProbe].map((probe) => probe.httpGet.path);
          assert.deepEqual(paths, ["/livez", "/readyz", "/livez"], `${pod.of} ${name}`);
        }
  });

  it("give each pod the tokens that it needs, and no others", () => {
    const seen = pods.map(({ of, spec }) => {
      const tokens = spec.volumes.filter(({ secret }: Manifest) => secret?.secretName === "shop-tokens");
      return [of, tokens.flatMap(({ secret }: Manifest) => secret.items.map(({ key }: Manifest) => key)).join()];
    });
    assert.deepEqual(Object.fromEntries(seen), {
      "StatefulSet shop-broker": "attach-tokens.yml,admin-token",
      "Deployment shop-web": "attach-token-web,metrics-token",
      "Deployment shop-admin-pages-h12345678": "attach-token-admin-pages-h12345678,metrics-token",
      "StatefulSet shop-users": "attach-token-users,metrics-token",
      "StatefulSet shop-gateway": "attach-token-clients,metrics-token",
      "Deployment shop-dashboard": "admin-token",
      "Deployment shop-injector": "",
    });
  });

  it("let nobody reach the dashboard, and the broker only those who attach", () => {
    assert.ok(![...plain.keys()].some((name) => /^(Service|Ingress) shop-dashboard$/.test(name)));
    const { from } = object("NetworkPolicy shop-broker").spec.ingress[0];
    assert.deepEqual(
      from.map(({ podSelector }: Manifest) => podSelector.matchLabels?.["app.kubernetes.io/name"] ?? "roles"),
      ["roles", "gateway", "dashboard"],
    );
    assert.deepEqual(object("NetworkPolicy shop-default-deny").spec.policyTypes, ["Ingress", "Egress"]);
  });

  it("have the variables of application.yml, those that are secret by reference", () => {
    const users = object("StatefulSet shop-users").spec.template.spec.containers[0];
    const variable = (name: string) => users.env.find((each: Manifest) => each.name === name);
    assert.deepEqual(variable("DATABASE_URL").valueFrom, { secretKeyRef: { name: "database", key: "url" } });
    assert.equal(variable("GREETING").value, "{{ hello }} 100%\nyou: {a}");
    assert.equal(variable("NUMBER").value, "1e3");
    assert.equal(variable("EXO_DATA_DIR").value, "/data");
    assert.ok(users.volumeMounts.some(({ name, mountPath }: Manifest) => name === "data" && mountPath === "/data"));
    assert.equal(variable("EXO_GATEWAY_URL").value, "https://api.shop.example");
    const gateway = object("StatefulSet shop-gateway").spec.template.spec;
    const file = gateway.containers[0].env.find((each: Manifest) => each.name === "EXO_JWT_SECRET_FILE");
    assert.equal(file.value, "/etc/exosphere/secrets/jwt/secret");
    assert.ok(
      gateway.containers[0].volumeMounts.some(({ mountPath }: Manifest) => mountPath === "/etc/exosphere/secrets"),
    );
  });

  it("leave the number of instances to what changes it", () => {
    assert.equal(object("StatefulSet shop-users").spec.replicas, undefined);
    assert.equal(object("Deployment shop-web").spec.replicas, 2);
    const { minReplicas, maxReplicas, metrics } = object("HorizontalPodAutoscaler shop-users").spec;
    assert.deepEqual([minReplicas, maxReplicas, metrics.length], [2, 10, 1]);
  });

  it("refer only to what is there", () => {
    const ports = new Map(
      pods.map((pod) => [pod.labels["app.kubernetes.io/name"], containersOf(pod).flatMap((each) => each.ports ?? [])]),
    );
    for (const { kind, metadata, spec } of all) {
      if (kind !== "Service") continue;
      const open = ports.get(spec.selector["app.kubernetes.io/name"])?.map(({ name }) => name) ?? [];
      for (const { targetPort } of spec.ports ?? [])
        assert.ok(open.includes(targetPort), `${metadata.name} ${targetPort}`);
    }
    for (const { spec } of pods)
      for (const { configMap } of spec.volumes) if (configMap) object(`ConfigMap ${configMap.name}`);
  });

  it("are the same for the same application", () => {
    assert.deepEqual(kubernetesFiles(sample, "# head\n"), files);
  });

  it("have names and label values that Kubernetes takes, whatever the roles are called", () => {
    const label = fc.stringMatching(/^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/);
    fc.assert(
      fc.property(label, label, fc.string({ minLength: 1, maxLength: 255 }), (name, roleName, role) => {
        const one = { ...usual, role, name: roleName, image: "a:1", instances: 1, isReadOnly: true, publicPort: 80 };
        const made = kubernetesFiles({ ...sample, name, roles: [one], gateway: undefined }, "");
        for (const { kind, metadata, spec } of manifestsBelow(made, "plain").values()) {
          // Names of Services are DNS labels; all others may be longer.
          assert.match(metadata.name, kind === "Service" ? /^[a-z0-9-]{1,81}$/ : /^[a-z0-9-]{1,253}$/);
          for (const value of Object.values({ ...(metadata.labels as object), ...spec?.template?.metadata.labels }))
            assert.match(String(value), /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("the chart", () => {
  const file = (path: string) => files.find((each) => each.path === path)?.text ?? assert.fail(path);

  it("has a version that Helm takes, and says which Kubernetes it needs", () => {
    const chart = parse(file("chart/Chart.yaml"));
    assert.deepEqual(
      [chart.name, chart.version, chart.appVersion, chart.kubeVersion],
      ["shop", "1.4.0", "1.4", ">=1.29.0-0"],
    );
  });

  it("has values that its schema describes", () => {
    const { properties } = JSON.parse(file("chart/values.schema.json"));
    assert.deepEqual(Object.keys(parse(file("chart/values.yaml"))), Object.keys(properties));
    assert.deepEqual(Object.keys(properties.roles.properties), ["web", "admin-pages-h12345678", "users"]);
  });

  it("keeps the objects of each file apart", () => {
    assert.ok(manifestsIn(file("plain/broker.yaml")).size === 4);
  });
});
