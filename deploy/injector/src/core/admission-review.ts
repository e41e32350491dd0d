import { ExoError } from "@exosphere/proto";
import type { Verdict } from "./injection.ts";
import type { Pod } from "./pod.ts";

const apiVersion = "admission.k8s.io/v1";
const kind = "AdmissionReview";

/** What the API server asks about. */
export interface AdmissionRequest {
  readonly uid: string;
  /** Empty for objects without a namespace. */
  readonly namespace: string;
  /** The pod that is being created. Undefined: it asks about something else, which is none of our business. */
  readonly pod: Pod | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads an AdmissionReview. Throws INVALID_MESSAGE where it is none of version v1, or its pod has not the form of one. */
export function readReview(body: Buffer): AdmissionRequest {
  const review = parse(body);
  if (review?.apiVersion !== apiVersion || review.kind !== kind)
    throw invalid(`The body must be an ${kind} of ${apiVersion}.`);
  const { request } = review;
  if (!isFields(request) || typeof request.uid !== "string" || request.uid === "" || request.uid.length > 255)
    throw invalid(`The ${kind} needs a request with a uid.`);
  const { uid, namespace, operation, kind: of, object } = request;
  const isPod = isFields(of) && of.group === "" && of.version === "v1" && of.kind === "Pod";
  const isCreated = operation === "CREATE" && isPod && !request.subResource;
  if (isCreated && !isPodForm(object)) throw invalid("The object of the request is not a pod.");
  return {
    uid,
    namespace: typeof namespace === "string" ? namespace : "",
    pod: isCreated ? (object as unknown as Pod) : undefined,
  };
}

/** The answer to a request. */
export function answerReview(uid: string, verdict: Verdict): object {
  return { apiVersion, kind, response: { uid, ...responseOf(verdict) } };
}

function responseOf(verdict: Verdict): object {
  switch (verdict.kind) {
    case "ignored":
      return { allowed: true };
    case "refused":
      return { allowed: false, status: { code: 422, reason: "Invalid", message: verdict.mistakes.join("; ") } };
    case "injected":
      return {
        allowed: true,
        patchType: "JSONPatch",
        patch: Buffer.from(JSON.stringify(verdict.patch)).toString("base64"),
        ...(verdict.warnings.length > 0 && { warnings: verdict.warnings.map(fitting) }),
      };
  }
}

/** API servers cut warnings beyond 256 characters off, and drop them all beyond 4,096. */
function fitting(warning: string): string {
  return warning.length > 256 ? `${warning.slice(0, 255)}…` : warning;
}

function parse(body: Buffer): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The API server has decoded it as a pod before: this is for anybody else who calls. */
function isPodForm(value: unknown): boolean {
  if (!isFields(value) || !isFields(value.spec)) return false;
  const { metadata = {}, spec } = value;
  return isFields(metadata) && isTexts(metadata.labels) && isTexts(metadata.annotations) && isSpec(spec);
}

function isSpec({ containers, initContainers = [], volumes = [] }: Fields): boolean {
  return isListOf(volumes, isNamed) && isContainers(containers) && isContainers(initContainers);
}

function isContainers(value: unknown): boolean {
  return isListOf(
    value,
    (each) =>
      isNamed(each) &&
      isListOf(each.env ?? [], isNamed) &&
      isListOf(each.volumeMounts ?? [], (mount) => isNamed(mount) && typeof mount.mountPath === "string"),
  );
}

function isListOf(value: unknown, isRight: (each: Fields) => boolean): boolean {
  return Array.isArray(value) && value.every((each) => isFields(each) && isRight(each));
}

function isNamed({ name }: Fields): boolean {
  return typeof name === "string";
}

function isTexts(value: unknown = {}): boolean {
  return isFields(value) && Object.values(value).every((each) => typeof each === "string");
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(detail: string): ExoError {
  return new ExoError("INVALID_MESSAGE", detail);
}
