import { setting } from "@exosphere/settings";
import { rules } from "./finding.ts";

/** Settings of `exo lint`. */
export const lintSettings = {
  ignore: setting.list({ help: `rules that are not looked at, of ${Object.keys(rules).join(", ")}`, default: [] }),
  strict: setting.flag({ help: "end with 1 for warnings as well", default: false }),
  json: setting.flag({ help: "print the findings as JSON, for programs", default: false }),
} as const;
