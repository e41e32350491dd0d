import { setting } from "@exosphere/settings";

/** Settings of `exo types`. Each is a flag, a variable EXO_… and a key of the --config file. */
export const typesSettings = {
  out: setting.text({ help: "name of the file that is written into each service's folder", default: "messages.d.ts" }),
  schemas: setting.text({
    help: "name of the folder with the JSON Schemas: a service's own, and that of the application for all of them",
    default: "messages",
  }),
  check: setting.flag({
    help: "write nothing, and end with code 1 if something would change: for continuous integration",
    default: false,
  }),
  json: setting.flag({ help: "print what became of each file as JSON, for programs", default: false }),
} as const;
