import { runMain } from "@exosphere/process";
import { startInjector, version } from "./app.ts";
import { checkInjectorSettings } from "./check-settings.ts";
import { injectorSettings } from "./config.ts";

await runMain({
  command: "exo-injector",
  about: "Gives pods of Kubernetes that name a role their Exosphere sidecar: a mutating admission webhook.",
  version,
  settings: injectorSettings,
  check: checkInjectorSettings,
  start: startInjector,
});
