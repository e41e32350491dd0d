import { tokenKeys } from "@exosphere/injector/pod";
import type { KubernetesApplication } from "./application.ts";
import { keyOf } from "./objects/context.ts";

/** The roles that attach, and the key by which the Secret has the token of each. */
function attachKeys({ roles, gateway }: KubernetesApplication): (readonly [role: string, key: string])[] {
  return [...roles, ...(gateway ? [gateway] : [])].map((each) => [each.role, tokenKeys.role(keyOf(each))] as const);
}

/** All keys of the Secret with a token each. */
function tokenNames(application: KubernetesApplication): string[] {
  return [tokenKeys.admin, tokenKeys.metrics, ...attachKeys(application).map(([, key]) => key)];
}

/** The Secret of an application, with a new token wherever `kept` has none. */
export function tokensSecretOf(
  application: KubernetesApplication,
  kept: Readonly<Record<string, string>>,
  newToken: () => string,
): object {
  const tokens = Object.fromEntries(tokenNames(application).map((key) => [key, kept[key] ?? newToken()]));
  const roles = Object.fromEntries(attachKeys(application).map(([role, key]) => [role, tokens[key]]));
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `${application.name}-tokens`, labels: { "app.kubernetes.io/part-of": application.name } },
    type: "Opaque",
    stringData: { ...tokens, [tokenKeys.roles]: `${JSON.stringify(roles, undefined, 2)}\n` },
  };
}

/** The template by which the chart makes that Secret: tokens that are there already stay as they are. */
export function tokensTemplate(application: KubernetesApplication): string {
  const quoted = (text: string) => JSON.stringify(text);
  const roles = attachKeys(application).flatMap((pair) => pair.map(quoted));
  return `{{- if .Values.tokens.generate }}
{{- $old := (lookup "v1" "Secret" .Release.Namespace .Values.tokens.secret).data | default dict }}
{{- $data := dict }}
{{- range $key := list ${tokenNames(application).map(quoted).join(" ")} }}
{{- $_ := set $data $key (get $old $key | default (randAlphaNum 32 | b64enc)) }}
{{- end }}
{{- $roles := dict }}
{{- range $role, $key := dict ${roles.join(" ")} }}
{{- $_ := set $roles $role (get $data $key | b64dec) }}
{{- end }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Values.tokens.secret | quote }}
  labels:
    app.kubernetes.io/part-of: ${application.name}
  annotations:
    # Whoever installs again finds the tokens that are in use.
    helm.sh/resource-policy: keep
type: Opaque
data:
  {{- range $key, $value := $data }}
  {{ $key }}: {{ $value | quote }}
  {{- end }}
  ${tokenKeys.roles}: {{ $roles | toJson | b64enc | quote }}
{{- end }}
`;
}
