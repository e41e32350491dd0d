import assert from "node:assert/strict";
import fc from "fast-check";
import { judgePod } from "./injection.ts";
import { defaults, patched, podOf } from "./pod.fixture.ts";
import type { Pod } from "./pod.ts";
import { sidecarContainer, sidecarName, sidecarVolumes } from "./sidecar-parts.ts";

const rules = { defaults, excludedNamespaces: new Set(["kube-system"]), version: "1.2.3", leastGraceSeconds: 25 };
const judge = (pod: Pod, namespace = "shop") => judgePod(pod, namespace, rules);

function injected(pod: Pod) {
  const verdict = judge(pod);
  if (verdict.kind !== "injected") return assert.fail(JSON.stringify(verdict));
  return { ...verdict, pod: patched(pod, verdict.patch) };
}

function mistakesOf(pod: Pod): readonly string[] {
  const verdict = judge(pod);
  return verdict.kind === "refused" ? verdict.mistakes : assert.fail(verdict.kind);
}

describe("a pod that is created", () => {
  it("gets its sidecar as the first init container, and its app the variables and the socket", () => {
    const { pod } = injected(podOf());
    const options = { ...defaults, role: "users", appHealth: undefined };
    assert.deepEqual(pod.spec.initContainers, [structuredClone(sidecarContainer(options))]);
    assert.deepEqual(pod.spec.volumes, structuredClone(sidecarVolumes(options)));
    assert.deepEqual(pod.spec.containers, [
      {
        name: "app",
        env: [
          { name: "ROLE", value: "users" },
          { name: "EXOCOM_HOST", value: "127.0.0.1" },
          { name: "EXOCOM_PORT", value: "4200" },
          { name: "EXOCOM_SOCKET", value: "/run/exosphere/sidecar.sock" },
          { name: "EXORELAY_PORT", value: "3000" },
        ],
        volumeMounts: [{ name: "exo-run", mountPath: "/run/exosphere" }],
      },
    ]);
    assert.deepEqual(pod.metadata?.annotations, { "exosphere.dev/injected": "1.2.3" });
  });

  it("keeps what it has, and its init containers find the sidecar as well", () => {
    const { pod } = injected(
      podOf({
        containers: [{ name: "app", env: [{ name: "PORT", value: "80" }] }, { name: "second" }],
        initContainers: [{ name: "migrate", volumeMounts: [{ name: "data", mountPath: "/data" }] }],
        volumes: [{ name: "data" }],
      }),
    );
    assert.deepEqual(
      pod.spec.initContainers?.map(({ name }) => name),
      [sidecarName, "migrate"],
    );
    assert.deepEqual(
      pod.spec.volumes?.map(({ name }) => name),
      ["data", "exo-run", "exo-tokens"],
    );
    for (const { name, env = [] } of [...pod.spec.containers, ...(pod.spec.initContainers ?? []).slice(1)])
      assert.equal(env.find((each) => each.name === "EXOCOM_PORT")?.value, "4200", name);
    assert.deepEqual(pod.spec.containers[0]?.env?.[0], { name: "PORT", value: "80" });
  });

  it("is ignored without the label, with a sidecar of its own, and in namespaces of Kubernetes", () => {
    const plain: Pod = { metadata: { labels: { app: "x" } }, spec: { containers: [{ name: "app" }] } };
    assert.deepEqual(judge(plain), { kind: "ignored" });
    assert.deepEqual(judge({ spec: plain.spec }), { kind: "ignored" });
    assert.deepEqual(judge(podOf({ initContainers: [{ name: sidecarName }] })), { kind: "ignored" });
    assert.deepEqual(judge(podOf({ containers: [{ name: "app" }, { name: sidecarName }] })), { kind: "ignored" });
    assert.deepEqual(judge(podOf(), "kube-system"), { kind: "ignored" });
  });

  it("stays as it is when it is reviewed again", () => {
    assert.deepEqual(judge(injected(podOf()).pod), { kind: "ignored" });
  });

  it("is refused, with everything that is wrong, instead of running without its sidecar", () => {
    const pod = podOf(
      { hostNetwork: true, os: { name: "windows" }, volumes: [{ name: "exo-run" }] },
      { "exosphere.dev/app-port": "seventy", "exosphere.dev/imgae": "x" },
    );
    const mistakes = mistakesOf(pod);
    assert.deepEqual(
      mistakes.map((mistake) => mistake.slice(0, mistake.indexOf(":"))),
      [
        "annotation exosphere.dev/imgae",
        "annotation exosphere.dev/app-port",
        "spec.hostNetwork",
        "spec.os.name",
        "spec.volumes",
      ],
    );
  });

  it("is refused where its app has something else in the place of the socket", () => {
    const volumeMounts = [{ name: "mine", mountPath: "/run/exosphere/" }];
    const [mistake] = mistakesOf(podOf({ containers: [{ name: "app", volumeMounts }] }));
    assert.match(mistake ?? "", /^container 'app': \/run\/exosphere is where the sidecar's socket is/);
  });

  it("may have variables of its own, which its creator is warned of", () => {
    const env = [
      { name: "ROLE", value: "tweets" },
      { name: "EXOCOM_PORT", value: "4200" },
    ];
    const { pod, warnings } = injected(podOf({ containers: [{ name: "app", env }] }));
    assert.deepEqual(pod.spec.containers[0]?.env?.slice(0, 2), env);
    assert.deepEqual(warnings, ["container 'app' keeps its own ROLE; its sidecar would give it 'users'"]);
  });

  it("is warned of a grace that is too short for its sidecar", () => {
    const { warnings } = injected(podOf({ terminationGracePeriodSeconds: 5 }));
    assert.deepEqual(warnings, [
      "spec.terminationGracePeriodSeconds: 5 s is too short for the sidecar to finish; give it 25",
    ]);
  });

  it("is warned where its sidecar has no token", () => {
    const { tokensSecret: _, ...without } = defaults;
    const verdict = judgePod(podOf(), "shop", { ...rules, defaults: without });
    assert.ok(verdict.kind === "injected" && /exosphere\.dev\/tokens-secret$/.test(verdict.warnings[0] ?? ""));
  });

  it("has whatever it had before, wherever it had it", () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/).filter((each) => each !== sidecarName);
    const variables = fc.uniqueArray(
      fc.record({ name: fc.stringMatching(/^[A-Z]{1,8}$/), value: fc.string() }, { noNullPrototype: true }),
      {
        selector: (each) => each.name,
        maxLength: 4,
      },
    );
    const container = fc.record({ name, env: variables }, { requiredKeys: ["name"], noNullPrototype: true });
    const spec = fc.record(
      {
        containers: fc.array(container, { minLength: 1, maxLength: 4 }),
        initContainers: fc.array(container, { maxLength: 3 }),
        volumes: fc.array(fc.record({ name }, { noNullPrototype: true }), { maxLength: 3 }),
      },
      { requiredKeys: ["containers"], noNullPrototype: true },
    );
    fc.assert(
      fc.property(spec, (parts) => {
        const before = podOf(parts);
        const { pod } = injected(before);
        assert.equal(pod.spec.containers.length, parts.containers.length);
        assert.deepEqual(
          pod.spec.initContainers?.slice(1).map((each) => each.name),
          (parts.initContainers ?? []).map((each) => each.name),
        );
        for (const [index, each] of parts.containers.entries())
          assert.deepEqual(pod.spec.containers[index]?.env?.slice(0, each.env?.length ?? 0), each.env ?? []);
        assert.deepEqual(pod.spec.volumes?.slice(0, parts.volumes?.length ?? 0), parts.volumes ?? []);
        assert.deepEqual(judge(pod), { kind: "ignored" });
      }),
    );
  });
});
