import { texts } from "../chart/chart-values.ts";
import { type Scalar, when } from "../chart/tree.ts";
import { type Context, type KubernetesObject, labelsOf, nameOf } from "./context.ts";
import { gatewayHostHelp, hostOf } from "./role.ts";

/** How people and clients come in: a host for the gateway, and one for each role that serves people. */
export function ingressObjects(context: Context): KubernetesObject[] {
  const { application, values } = context;
  const { gateway } = application;
  const people = application.roles.filter(({ publicPort }) => publicPort !== undefined);
  return [
    ...(gateway
      ? [ingressOf(context, values.text("gateway/host", gateway.host, gatewayHostHelp, { minLength: 1 }), "gateway")]
      : []),
    ...people.map((role) => ingressOf(context, hostOf(context, role), role.name)),
  ];
}

function ingressOf(context: Context, host: Scalar, part: string): KubernetesObject {
  const { values } = context;
  const className = values.text("ingress/className", "", "Class of the Ingress; default: that of the cluster");
  const tls = values.text(
    "ingress/tlsSecretPrefix",
    "",
    "Secrets with the certificates are this and the part: tls- means tls-gateway; empty: without TLS here",
  );
  const name = nameOf(context, part);
  const backend = { service: { name, port: { name: "http" } } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: {
      name,
      labels: labelsOf(context, part),
      annotations: values.block(
        "ingress/annotations",
        {},
        "Annotations, such as those of cert-manager or of a controller",
        texts,
      ),
    },
    spec: {
      ingressClassName: when(className, className),
      rules: [{ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }],
      tls: when(tls, [{ hosts: [host], secretName: { node: "composed", parts: [tls, part] } }]),
    },
  };
}
