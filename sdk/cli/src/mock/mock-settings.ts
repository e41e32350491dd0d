import { exocomSettings } from "@exosphere/exocom";
import { type Config, processSettings, setting } from "@exosphere/settings";

const {
  host,
  allowHosts,
  allowOrigins,
  tokenFile,
  headersTimeout,
  requestTimeout,
  concurrency,
  maxOpenRequests,
  maxPayload,
} = exocomSettings;

/** Settings of `exo mock`. Those that the all-in-one has as well mean the same here. */
export const mockSettings = {
  ...processSettings,
  host,
  // Beside those of all other processes, so that it can run while they do.
  port: setting.port({ help: "Port of the edges and of the control; 0 takes a free one", default: 4500, env: "PORT" }),
  role: setting.text({ help: "The role of the service under test, where --service or --app is given" }),
  service: setting.text({
    help: "The service.yml of the service under test, or its folder; the test plays all others",
  }),
  application: setting.file({ help: "An application.yml instead: its roles, routes and translations" }),
  routes: setting.file({ help: "A file of routes as JSON instead" }),
  app: setting.url({ help: "Where the service takes POST /run/<name>; without it, by WebSocket or inbox" }),
  // A service in another process may still be starting, and a test that fails for that is of no use.
  within: setting.durationMs({
    help: "How long to wait for a message or a reply that does not come",
    default: 5_000,
    min: 1,
  }),
  allowHosts,
  allowOrigins,
  tokenFile,
  headersTimeout,
  requestTimeout,
  concurrency,
  maxOpenRequests,
  maxPayload,
} as const;

/** The settings of `exo mock`, complete. */
export type MockConfig = Config<typeof mockSettings>;
