import { tokenKeys } from "@exosphere/injector/pod";
import { texts } from "../chart/chart-values.ts";
import { type Context, type Document, objectOf, selectorOf, tokensSecret } from "./context.ts";

/**
 * What tells the operator of Prometheus whose metrics to read: a ServiceMonitor for the broker, which has a Service and a token of
 * its own, and a PodMonitor for all other processes. It has to know these kinds; so they are left out by default.
 */
export function monitors(context: Context): Document[] {
  const { application, values } = context;
  const enabled = values.flag(
    "prometheus/monitors",
    false,
    "A ServiceMonitor and a PodMonitor for the operator of Prometheus",
  );
  const labels = values.block("prometheus/labels", {}, "Labels by which that operator finds its monitors", texts);
  const token = (key: string) => ({ authorization: { credentials: { name: tokensSecret(context), key } } });
  const monitor = (kind: string, part: string) => {
    const { metadata, ...rest } = objectOf(context, "monitoring.coreos.com/v1", kind, part);
    return { ...rest, metadata: { name: metadata.name, labels } };
  };
  const broker = {
    ...monitor("ServiceMonitor", "broker"),
    spec: {
      selector: { matchLabels: selectorOf(context, "broker") },
      endpoints: [{ port: "admin", ...token(tokenKeys.admin) }],
    },
  };
  const others = {
    ...monitor("PodMonitor", "processes"),
    spec: {
      selector: {
        matchLabels: { "app.kubernetes.io/part-of": application.name },
        matchExpressions: [{ key: "app.kubernetes.io/name", operator: "NotIn", values: ["broker", "dashboard"] }],
      },
      podMetricsEndpoints: [
        // Of sidecars, and of the gateway.
        { port: "exo-admin", ...token(tokenKeys.metrics) },
        { port: "admin", ...token(tokenKeys.metrics) },
      ],
    },
  };
  const dashboard = {
    ...monitor("PodMonitor", "dashboard"),
    spec: {
      selector: { matchLabels: selectorOf(context, "dashboard") },
      podMetricsEndpoints: [{ port: "admin", ...token(tokenKeys.admin) }],
    },
  };
  return [broker, others, dashboard].map((object) => ({ object, condition: enabled }));
}
