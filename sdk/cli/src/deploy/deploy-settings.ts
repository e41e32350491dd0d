import { setting } from "@exosphere/settings";

/** Settings of `exo deploy`. Each is a flag, a variable EXO_… and a key of the --config file. */
export const deploySettings = {
  out: setting.text({ help: "folder for the files; default: deploy/<target> in the application's folder" }),
  check: setting.flag({
    help: "write nothing; have the files checked by the tools that will read them, and end with code 1 for what is wrong or out of date",
    default: false,
  }),
  force: setting.flag({ help: "overwrite files that were edited by hand, or written by others", default: false }),
  json: setting.flag({ help: "print one JSON object instead of lines for people", default: false }),
} as const;
