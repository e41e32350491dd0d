import { setting } from "@exosphere/settings";

/** Settings of `exo generate`. */
export const generateSettings = {
  out: setting.text({ help: "Folder for the files; default: that of the application" }),
  url: setting.url({ help: "Where clients find the gateway", default: "http://127.0.0.1:4300" }),
  check: setting.flag({ help: "Write nothing, and fail if a file is out of date", default: false }),
  json: setting.flag({ help: "Print what became of each file as JSON, for programs", default: false }),
} as const;
