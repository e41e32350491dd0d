import type { KubernetesApplication, KubernetesProcess } from "./application.ts";

/** How a process of the samples is run. */
export const usual: KubernetesProcess = {
  resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
  environment: {},
  secrets: [],
  secretFiles: [],
};

const role = { ...usual, image: "registry.example/shop/app:1.4.0", instances: 1, isReadOnly: true };

/** An application with everything that an application can have. */
export const sample: KubernetesApplication = {
  name: "shop",
  description: "sells things",
  version: "1.4",
  image: "registry.example/exosphere:0.1.0",
  user: 10_001,
  graceMs: 10_000,
  broker: {
    ...usual,
    routesJson: '{\n  "web": { "sends": ["a{{b}}"] }\n}\n',
    storageBytes: 2 ** 30,
  },
  dashboard: usual,
  sidecars: usual,
  gateway: {
    ...usual,
    role: "clients",
    name: "clients",
    rulesJson: '{ "role": "clients", "clients": {} }\n',
    host: "api.shop.example",
    secretFiles: [{ variable: "EXO_JWT_SECRET_FILE", secret: "jwt", key: "secret" }],
  },
  roles: [
    { ...role, role: "web", name: "web", publicPort: 8080, host: "shop.example", instances: 2 },
    { ...role, role: "admin pages", name: "admin-pages-h12345678", publicPort: 8080, isReadOnly: false },
    {
      ...role,
      role: "users",
      name: "users",
      environment: { GREETING: "{{ hello }} 100%\nyou: {a}", NUMBER: "1e3" },
      secrets: [{ variable: "DATABASE_URL", secret: "database", key: "url" }],
      storageBytes: 3 * 2 ** 29,
      autoscaling: { min: 2, max: 10, cpuPercent: 70 },
    },
  ],
};
