import assert from "node:assert/strict";
import { ExoError } from "@exosphere/proto";
import { answerReview, readReview } from "./admission-review.ts";
import { podOf } from "./pod.fixture.ts";

const podKind = { group: "", version: "v1", kind: "Pod" };

function review(request: unknown, more: object = {}): Buffer {
  return Buffer.from(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request, ...more }));
}

function refusalOf(body: Buffer): string {
  try {
    readReview(body);
  } catch (error) {
    assert.ok(error instanceof ExoError);
    assert.equal(error.reason, "INVALID_MESSAGE");
    return error.message;
  }
  return assert.fail("it was accepted");
}

describe("an AdmissionReview", () => {
  const request = { uid: "1", kind: podKind, namespace: "shop", operation: "CREATE", object: podOf() };

  it("brings the pod that is created", () => {
    assert.deepEqual(readReview(review(request)), { uid: "1", namespace: "shop", pod: podOf() });
  });

  it("about anything else brings none", () => {
    for (const other of [{ operation: "UPDATE" }, { kind: { ...podKind, kind: "Node" } }, { subResource: "binding" }])
      assert.equal(readReview(review({ ...request, ...other })).pod, undefined);
  });

  it("is refused in another version, or without what it needs", () => {
    assert.match(refusalOf(review(request, { apiVersion: "admission.k8s.io/v1beta1" })), /admission\.k8s\.io\/v1\./);
    assert.match(refusalOf(Buffer.from("{")), /must be an AdmissionReview/);
    assert.match(refusalOf(Buffer.from("[]")), /must be an AdmissionReview/);
    assert.match(refusalOf(review({ ...request, uid: "" })), /uid/);
    assert.match(refusalOf(review(undefined)), /uid/);
  });

  it("is refused with what is not a pod", () => {
    const specs = [
      undefined,
      {},
      { containers: "x" },
      { containers: [{ name: 1 }] },
      { containers: [{ name: "a", env: [null] }] },
      { containers: [{ name: "a", volumeMounts: [{ name: "x" }] }] },
      { containers: [], initContainers: [7] },
      { containers: [], volumes: {} },
    ];
    for (const spec of specs) assert.match(refusalOf(review({ ...request, object: { spec } })), /not a pod/);
    const labelled = { metadata: { labels: { a: 1 } }, spec: { containers: [] } };
    assert.match(refusalOf(review({ ...request, object: labelled })), /not a pod/);
  });

  it("is answered with its uid and the patch in base64", () => {
    const patch = [{ op: "add", path: "/a", value: 1 }] as const;
    const warnings = ["x".repeat(300)];
    const answer = answerReview("1", { kind: "injected", role: "users", patch, warnings });
    assert.deepEqual(answer, {
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      response: {
        uid: "1",
        allowed: true,
        patchType: "JSONPatch",
        patch: Buffer.from(JSON.stringify(patch)).toString("base64"),
        warnings: [`${"x".repeat(255)}…`],
      },
    });
  });

  it("is answered with all mistakes where the pod is refused", () => {
    assert.deepEqual(answerReview("1", { kind: "refused", mistakes: ["a", "b"] }), {
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      response: { uid: "1", allowed: false, status: { code: 422, reason: "Invalid", message: "a; b" } },
    });
  });
});
