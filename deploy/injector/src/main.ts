import { runMain } from "@exosphere/process";
import { startInjector, version } from "./app.ts";
import { checkInjectorSettings } from "./check-settings.ts";
import { injectorSettings } from "./config.ts";

/** The `exo-injector` command. Resolves when it runs, or has ended the process; never rejects. */
export function main(argv: readonly string[]): Promise<void> {
  return runMain({
    argv,
    command: "exo-injector",
    about: "Gives pods of Kubernetes that name a role their Exosphere sidecar: a mutating admission webhook.",
    version,
    settings: injectorSettings,
    check: checkInjectorSettings,
    start: startInjector,
  });
}
