import { analyticsSettings } from "@exosphere/analytics";
import type { Application, ProcessDeployment } from "@exosphere/application";
import { brokerSettings } from "@exosphere/broker";
import { gatewaySettings } from "@exosphere/gateway";
import { didYouMean, type Settings, settingFacts } from "@exosphere/settings";
import { sidecarSettings } from "@exosphere/sidecar";

/** Sections of `deploy` in application.yml, the command that each is about, and its settings. */
const parts = {
  broker: ["exocom serve", brokerSettings],
  gateway: ["exo-gateway", gatewaySettings],
  dashboard: ["exo-analytics", analyticsSettings],
  sidecars: ["exo-sidecar", sidecarSettings],
} as const satisfies Record<string, readonly [string, Settings]>;

/** What is wrong with the variables that application.yml gives to processes of Exosphere: names that are nobody's. */
export function variableMistakes({ file, deploy }: Application): string[] {
  return Object.entries(parts).flatMap(([part, [command, settings]]) => {
    const known = Object.entries<Settings[string]>(settings).flatMap(
      ([name, each]) => settingFacts(name, each).variables,
    );
    return namesIn(deploy[part as keyof typeof parts])
      .filter((name) => name.startsWith("EXO_") && !known.includes(name))
      .map(
        (name) =>
          `${file}: key 'deploy.${part}': ${command} has no variable ${name}${didYouMean(name, known)}; '${command} --help' lists all`,
      );
  });
}

function namesIn({ environment, secrets, secretFiles }: ProcessDeployment): string[] {
  return [...Object.keys(environment), ...[...secrets, ...secretFiles].map(({ variable }) => variable)];
}
