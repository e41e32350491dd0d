import { texts } from "../chart/chart-values.ts";
import { type Composed, type Scalar, type Tree, text, when } from "../chart/tree.ts";
import { budget } from "./broker.ts";
import {
  brokerAddress,
  type Context,
  type Document,
  type KubernetesObject,
  nameOf,
  objectOf,
  platformImage,
  selectorOf,
  tokensSecret,
} from "./context.ts";
import { container, type Fields, podTemplate, probes } from "./pod.ts";

const part = "injector";
const port = 4500;
const adminPort = 4501;

/**
 * The injector, for pods that are not made here: those of the same namespace that carry the label `exosphere.dev/role`. Left out by
 * default, as whoever installs it has to be allowed to make a MutatingWebhookConfiguration.
 */
export function injectorDocuments(context: Context): Document[] {
  const enabled = context.values.flag(
    "injector/enabled",
    false,
    "Pods of the namespace with the label exosphere.dev/role get their sidecar",
  );
  const all: KubernetesObject[] = [
    objectOf(context, "v1", "ServiceAccount", part),
    ...rights(context),
    {
      ...objectOf(context, "v1", "Service", part),
      spec: { selector: selectorOf(context, part), ports: [{ name: "https", port: 443, targetPort: "https" }] },
    },
    deploymentOf(context),
    budget(context, part),
    webhookOf(context),
    {
      ...objectOf(context, "networking.k8s.io/v1", "NetworkPolicy", part),
      // The API server is not a pod, and in many clusters has no address that is known before.
      spec: {
        podSelector: { matchLabels: selectorOf(context, part) },
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ ports: [{ port, protocol: "TCP" }] }],
        egress: [
          {
            ports: [
              { port: 443, protocol: "TCP" },
              { port: 6443, protocol: "TCP" },
            ],
          },
        ],
      },
    },
  ];
  return all.map((object) => ({ object, condition: enabled }));
}

/** Where the application is: the namespace of the release, or the one that plain manifests name. */
export function namespaceOf({ application, values }: Context): Composed {
  return { node: "composed", parts: [values.namespace(application.name)] };
}

/** A name for what has no namespace. */
function clusterName(context: Context): Composed {
  const { application, values } = context;
  return { node: "composed", parts: [values.namespace(application.name), `-${nameOf(context, part)}`] };
}

function rights(context: Context): KubernetesObject[] {
  const { metadata } = objectOf(context, "v1", "ServiceAccount", part);
  const clusterWide = { ...metadata, name: clusterName(context) } as unknown as KubernetesObject["metadata"];
  const subjects = [{ kind: "ServiceAccount", name: metadata.name, namespace: namespaceOf(context) }];
  const roleRef = (kind: string, name: Tree) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
  const secrets = { apiGroups: [""], resources: ["secrets"] };
  const configuration = { apiGroups: ["admissionregistration.k8s.io"], resources: ["mutatingwebhookconfigurations"] };
  const rbac = (kind: string, more: Fields, at: KubernetesObject["metadata"] = metadata) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind,
    metadata: at,
    ...more,
  });
  return [
    rbac("Role", {
      rules: [
        { ...secrets, resourceNames: [certificateSecret(context)], verbs: ["get", "update"] },
        // What is created has no name yet by which it could be allowed.
        { ...secrets, verbs: ["create"] },
      ],
    }),
    rbac("RoleBinding", { roleRef: roleRef("Role", metadata.name), subjects }),
    rbac(
      "ClusterRole",
      { rules: [{ ...configuration, resourceNames: [clusterName(context)], verbs: ["get", "patch"] }] },
      clusterWide,
    ),
    rbac("ClusterRoleBinding", { roleRef: roleRef("ClusterRole", clusterName(context)), subjects }, clusterWide),
  ];
}

const certificateFolder = "/etc/exosphere/certificate";

/** The Secret of somebody who makes and renews the certificate, such as cert-manager. */
function certificate({ values }: Context): Scalar {
  return values.text(
    "injector/certificate",
    "",
    "Secret with its certificate where something else makes that; empty: it makes its own",
  );
}

function certificateSecret(context: Context): string {
  return nameOf(context, "injector-certificate");
}

function deploymentOf(context: Context): KubernetesObject {
  const { values } = context;
  const template = podTemplate(context, {
    part,
    path: part,
    containers: [containerOf(context)],
    volumes: [when(certificate(context), { name: "certificate", secret: { secretName: certificate(context) } })],
  });
  return {
    ...objectOf(context, "apps/v1", "Deployment", part),
    spec: {
      replicas: values.number("injector/replicas", 2, "Replicas of the injector", { minimum: 1 }),
      selector: { matchLabels: selectorOf(context, part) },
      template: {
        ...template,
        spec: { ...template.spec, serviceAccountName: nameOf(context, part), automountServiceAccountToken: true },
      },
    },
  };
}

function containerOf(context: Context): Tree {
  const { application } = context;
  const { requests = {}, limits = {} } = application.sidecars.resources;
  const amounts = {
    "cpu-request": requests.cpu,
    "memory-request": requests.memory,
    "cpu-limit": limits.cpu,
    "memory-limit": limits.memory,
  };
  return container({
    name: part,
    image: platformImage(context),
    command: ["exo-injector"],
    args: [
      "--host=0.0.0.0",
      `--port=${port}`,
      "--admin-host=0.0.0.0",
      `--admin-port=${adminPort}`,
      text`--sidecar-image=${platformImage(context)}`,
      `--broker=${brokerAddress(context)}`,
      text`--tokens-secret=${tokensSecret(context)}`,
      `--service=${nameOf(context, part)}`,
      `--certificate-secret=${certificateSecret(context)}`,
      { node: "composed", parts: ["--webhook=", ...clusterName(context).parts] },
      when(certificate(context), `--tls-cert=${certificateFolder}/tls.crt`),
      when(certificate(context), `--tls-key=${certificateFolder}/tls.key`),
      ...Object.entries(amounts).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}=${value}`])),
    ],
    ports: [
      { name: "https", containerPort: port },
      { name: "admin", containerPort: adminPort },
    ],
    ...probes("admin"),
    resources: { requests: { cpu: "20m", memory: "96Mi" }, limits: { memory: "256Mi" } },
    volumeMounts: [when(certificate(context), { name: "certificate", mountPath: certificateFolder, readOnly: true })],
  });
}

function webhookOf(context: Context): KubernetesObject {
  const { values } = context;
  const objectsOf = values.block(
    "injector/objectSelector",
    { matchExpressions: [{ key: "exosphere.dev/role", operator: "Exists" }] },
    "Which pods are looked at",
    { type: "object" },
  );
  const { apiVersion, kind, metadata } = objectOf(
    context,
    "admissionregistration.k8s.io/v1",
    "MutatingWebhookConfiguration",
    part,
  );
  return {
    apiVersion,
    kind,
    metadata: {
      ...metadata,
      name: clusterName(context),
      annotations: values.block(
        "injector/webhookAnnotations",
        {},
        "Annotations of its configuration, such as cert-manager.io/inject-ca-from",
        texts,
      ),
    } as unknown as KubernetesObject["metadata"],
    webhooks: [
      {
        name: "pods.exosphere.dev",
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        reinvocationPolicy: "Never",
        failurePolicy: values.text(
          "injector/failurePolicy",
          "Fail",
          "What becomes of such pods while no injector answers: Fail, or Ignore, without sidecar",
          { enum: ["Fail", "Ignore"] },
        ),
        timeoutSeconds: 5,
        matchPolicy: "Equivalent",
        // Its caBundle is written by the injector.
        clientConfig: {
          service: { name: nameOf(context, part), namespace: namespaceOf(context), path: "/inject", port: 443 },
        },
        rules: [
          { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"], scope: "Namespaced" },
        ],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespaceOf(context) } },
        objectSelector: objectsOf,
      },
    ],
  };
}
