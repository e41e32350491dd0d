import { type Application, type ApplicationService, usualEnvoy } from "@exosphere/application";

/** A process of which application.yml says nothing under `deploy`. */
const process = { resources: { requests: {}, limits: {} }, environment: {}, secrets: [], secretFiles: [] };

/** A service as application.yml and its service.yml would describe it. */
export function serviceOf(role: string, facts: Partial<ApplicationService> = {}): ApplicationService {
  return {
    role,
    directory: `/app/${role}`,
    dockerImage: undefined,
    type: "private",
    description: "",
    startup: { command: "node server.js", onlineText: `${role} online` },
    tests: undefined,
    route: { sends: [], receives: [], translations: [] },
    ...facts,
  };
}

/** An application of these services. */
export function applicationOf(...services: ApplicationService[]): Application {
  return {
    file: "/app/application.yml",
    root: "/app",
    name: "app",
    description: "",
    version: "1.0.0",
    services,
    gateway: undefined,
    deploy: {
      ...{ images: undefined, tag: undefined, platform: undefined, host: undefined, storageBytes: 2 ** 33 },
      ...{ broker: process, gateway: { ...process, replicas: 1 }, dashboard: process, sidecars: process },
      envoy: usualEnvoy,
    },
    routes: new Map(services.map(({ role, route }) => [role, route])),
    files: [],
    warnings: [],
  };
}
