import assert from "node:assert/strict";
import { ApplicationError } from "./application-error.ts";
import { withFolder } from "./fixtures/temporary-application.ts";
import { readApplication } from "./read-application.ts";

/** The application of this text, with a service in `web`. */
function read(text: string) {
  return withFolder({ "application.yml": text, "web/service.yml": "" }, readApplication);
}

function mistakesIn(deploy: string): string[] {
  try {
    read(`name: x\nservices: { web: { location: web } }\ndeploy: ${deploy}`);
  } catch (error) {
    assert.ok(error instanceof ApplicationError);
    return error.mistakes.map((mistake) => mistake.replace(/^.*?application\.yml:\d+:\d+: /, ""));
  }
  return [];
}

describe("deploy of application.yml", () => {
  it("is read with amounts as numbers, and secrets by variable", () => {
    const { deploy, services } = read(`
      name: x
      services:
        web:
          location: web
          deploy:
            language: go
            storage: 1Gi
            read-only: false
            autoscaling: { min: 2, max: 5 }
            secrets: { DATABASE_URL: database/url }
      deploy:
        storage: 512MiB
        gateway: { resources: { requests: { cpu: 250m }, limits: { cpu: 0.5, memory: 1Gi } } }`);
    assert.deepEqual([deploy.storageBytes, deploy.gateway.replicas], [512 * 2 ** 20, 1]);
    assert.deepEqual(deploy.gateway.resources, { requests: { cpuMillis: 250 }, limits: { cpuMillis: 500, memoryBytes: 2 ** 30 } }); // biome-ignore format: one line
    const { language, storageBytes, isReadOnly, autoscaling, secrets } = services[0]?.deploy ?? assert.fail();
    assert.deepEqual([language, storageBytes, isReadOnly], ["go", 2 ** 30, false]);
    assert.deepEqual(autoscaling, { min: 2, max: 5, cpuPercent: 70 });
    assert.deepEqual(secrets, [{ variable: "DATABASE_URL", secret: "database", key: "url" }]);
  });

  it("reports every mistake with its key, and what to write", () => {
    for (const [deploy, mistake] of [
      ["{ imags: x }", "key 'deploy.imags': is unknown (did you mean images?); there are: images, tag, platform, host, storage, broker, gateway, dashboard, sidecars, envoy"],
      ["{ images: 'Shop:1' }", "key 'deploy.images': must be a registry and a path in it, in small letters and without a tag; write it like registry.example.org/shop"],
      ["{ host: 'https://x' }", "key 'deploy.host': must be a host name in small letters, without a port; write it like shop.example.org"],
      ["{ storage: 5 }", "key 'deploy.storage': must be a number of bytes; write it like 256Mi or 8Gi"],
      ["{ broker: { resources: { limits: { cpu: 0m } } } }", "key 'deploy.broker.resources.limits.cpu': must be a number of CPUs; write it like 250m, 0.5 or 2"],
      ["{ broker: { resources: { requests: { cpu: 2 }, limits: { cpu: 1 } } } }", "key 'deploy.broker.resources': has a request that is above its limit; lower the one or raise the other"],
      ["{ gateway: { secrets: { A: b } } }", "key 'deploy.gateway.secrets.A': must be the name of a secret and a key in it; write it like database/url"],
      ["{ gateway: { replicas: 0 } }", "key 'deploy.gateway.replicas': must be a whole number from 1 to 1000, not the number 0; change it"],
    ] as const) // biome-ignore format: one line each
      assert.deepEqual(mistakesIn(deploy), [mistake]);
  });
});
