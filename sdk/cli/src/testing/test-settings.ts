import { setting } from "@exosphere/settings";

/** Settings of `exo test`. */
export const testSettings = {
  jobs: setting.integer({ help: "how many services are tested at once", default: 1, min: 1, max: 64 }),
  // As long as a slow suite with a database of its own may take on a busy machine.
  timeout: setting.durationMs({
    help: "how long the tests of a service may take, unless its service.yml says so",
    default: 600_000,
    min: 1,
  }),
  // Tests have nothing to finish: this is for what they started.
  grace: setting.durationMs({ help: "how long tests may take to end when they are asked to", default: 5_000 }),
  json: setting.flag({
    help: "print the results as JSON, for programs; what the tests print goes to stderr then",
    default: false,
  }),
} as const;
