import { roleLabel } from "@exosphere/injector/pod";
import { objects } from "../chart/chart-values.ts";
import type { Tree } from "../chart/tree.ts";
import { type Context, type Document, objectOf, ports, selectorOf } from "./context.ts";
import { pathOf } from "./role.ts";

/** Who may talk to whom: nobody, but for what an application of Exosphere needs. */
export function networkPolicies(context: Context): Document[] {
  const { application, values } = context;
  const enabled = values.flag(
    "networkPolicies/enabled",
    true,
    "Pods of the application may talk to each other only as they have to",
  );
  const fromRoles = { podSelector: { matchExpressions: [{ key: roleLabel, operator: "Exists" }] } };
  const members = [fromRoles, ...(application.gateway ? [pods(context, "gateway")] : []), pods(context, "dashboard")];
  const policies = [
    policyOf(context, "default-deny", everyPod(context), { policyTypes: ["Ingress", "Egress"] }),
    policyOf(context, "dns", everyPod(context), {
      policyTypes: ["Egress"],
      egress: [{ ports: [tcp(53), { port: 53, protocol: "UDP" }], to: dnsServers(context) }],
    }),
    policyOf(context, "broker", selector(context, "broker"), {
      policyTypes: ["Ingress"],
      ingress: [{ from: members, ports: [tcp(ports.grpc)] }],
    }),
    policyOf(context, "to-broker", everyPod(context), {
      policyTypes: ["Egress"],
      egress: [{ to: [pods(context, "broker")], ports: [tcp(ports.grpc)] }],
    }),
    ...rolePolicies(context),
  ];
  const people = [
    ...(application.gateway ? [{ part: "gateway", port: ports.gateway }] : []),
    ...application.roles.flatMap(({ name, publicPort }) =>
      publicPort === undefined ? [] : [{ part: name, port: publicPort }],
    ),
  ].map(({ part, port }) =>
    policyOf(context, `to-${part}`, selector(context, part), {
      policyTypes: ["Ingress"],
      ingress: [{ ports: [tcp(port)], from: ingressPeers(context) }],
    }),
  );
  return [
    ...[...policies, ...people].map((object) => ({ object, condition: enabled })),
    { object: prometheusPolicy(context), condition: prometheusPeers(context) },
  ];
}

/** What apps need beside the bus, such as a database: nothing, unless values say it. */
function rolePolicies(context: Context) {
  return context.application.roles.map((role) => {
    const rules = context.values.block(
      `${pathOf(role)}/egress`,
      [],
      "What its app may call beside the bus: rules of a NetworkPolicy",
      objects,
    );
    // An empty list is left out, which allows nothing.
    return policyOf(context, `from-${role.name}`, selector(context, role.name), {
      policyTypes: ["Egress"],
      egress: rules,
    });
  });
}

function prometheusPeers({ values }: Context) {
  return values.block(
    "prometheus/from",
    [],
    "Who may read metrics: peers of a NetworkPolicy, such as [{namespaceSelector: …}]",
    objects,
  );
}

function prometheusPolicy(context: Context) {
  const adminPorts = [ports.brokerAdmin, 4201, ports.gatewayAdmin, ports.dashboardAdmin].map(tcp);
  return policyOf(context, "prometheus", everyPod(context), {
    policyTypes: ["Ingress"],
    ingress: [{ ports: adminPorts, from: prometheusPeers(context) }],
  });
}

function ingressPeers({ values }: Context): Tree {
  const anyNamespace = [{ namespaceSelector: {} }, { ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }];
  return values.block(
    "ingress/from",
    anyNamespace,
    "Who may call gateway and public services: peers of a NetworkPolicy; best the controller alone",
    objects,
  );
}

function dnsServers({ values }: Context): Tree {
  const usual = [
    { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } },
    // NodeLocal DNSCache answers there.
    { ipBlock: { cidr: "169.254.20.10/32" } },
  ];
  return values.block("networkPolicies/dns", usual, "Where DNS is: peers of a NetworkPolicy", objects);
}

function policyOf(context: Context, name: string, podSelector: Tree, spec: { readonly [key: string]: Tree }) {
  return { ...objectOf(context, "networking.k8s.io/v1", "NetworkPolicy", name), spec: { podSelector, ...spec } };
}

function everyPod({ application }: Context) {
  return { matchLabels: { "app.kubernetes.io/part-of": application.name } };
}

function selector(context: Context, part: string) {
  return { matchLabels: selectorOf(context, part) };
}

function pods(context: Context, part: string) {
  return { podSelector: selector(context, part) };
}

function tcp(port: number) {
  return { port, protocol: "TCP" };
}
