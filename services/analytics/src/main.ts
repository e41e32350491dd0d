import { runMain } from "@exosphere/process";
import { startAnalytics, version } from "./app.ts";
import { analyticsSettings } from "./config.ts";

await runMain({
  command: "exo-analytics",
  about: "The dashboard of Exosphere: watches a broker and shows its roles, messages, activities and latencies.",
  version,
  settings: analyticsSettings,
  start: startAnalytics,
});
