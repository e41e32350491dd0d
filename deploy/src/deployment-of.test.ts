import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseRoutes, readApplication } from "@exosphere/application";
import { parse } from "yaml";
import { DeployedFolder } from "./application.fixture.ts";
import { deploymentOf } from "./deployment-of.ts";

const languages = fileURLToPath(new URL("../../examples/languages", import.meta.url));

describe("deploymentOf", () => {
  let application: DeployedFolder;

  beforeEach(() => {
    application = new DeployedFolder({
      "application.yml": `
        name: The Shop
        version: "1.4 beta"
        services:
          web:
            location: web
            instances: 3
            environment: { A: "1", B: "1" }
            translations: [{ public: users.create, internal: create }]
            deploy:
              environment: { B: "2" }
              resources: { limits: { memory: 64Mi }, requests: { cpu: 2 } }
          broker: { docker-image: "example/broker:3", deploy: { autoscaling: { min: 2, max: 4 } } }
        gateway: { role: clients, sends: [users.create], clients: { users: { sends: all } } }
        deploy: { storage: 2Gi, gateway: { replicas: 2 } }`,
      "web/service.yml": `
        type: public
        startup: { command: node x.js }
        messages: { sends: [create], receives: [{ name: users.created, deadline: 2s, order: none, concurrency: 3 }] }`,
    });
  });
  afterEach(() => application.remove());

  it("names an application and its images, and says where it is", () => {
    const { name, images, tag, platformImage, rootFromOutput, outputFromRoot } = application.deployment;
    assert.match(name, /^the-shop-h[0-9a-f]{8}$/);
    assert.deepEqual(
      [images, tag, platformImage, rootFromOutput, outputFromRoot],
      [name, "1.4-beta", `${name}/exosphere:0.1.0`, "../..", "deploy/x"],
    );
  });

  it("takes what application.yml says, and the usual for the rest", () => {
    const { services, storageBytes, gateway } = application.deployment;
    const [web, broker] = services;
    assert.deepEqual([storageBytes, gateway?.replicas], [2 * 2 ** 30, 2]);
    assert.deepEqual([web?.environment, web?.instances, web?.publicPort], [{ A: "1", B: "2" }, 3, 8080]);
    assert.deepEqual([broker?.instances, broker?.publicPort, broker?.image], [2, undefined, "example/broker:3"]);
    assert.match(broker?.name ?? "", /^broker-h/);
    // A limit that is given lowers the usual request, and a request that is given raises the usual limit.
    assert.deepEqual(web?.resources, {
      requests: { cpuMillis: 2000, memoryBytes: 64 * 2 ** 20 },
      limits: { cpuMillis: 2000, memoryBytes: 64 * 2 ** 20 },
    });
  });

  it("has the routes and rights in a form that the processes read to the same", () => {
    const { routesJson, gateway } = application.deployment;
    assert.deepEqual(parseRoutes(routesJson, "routes.json"), readApplication(application.root).routes);
    assert.deepEqual(parse(gateway?.rulesJson ?? "").clients.users, { sends: "all", receives: [] });
  });

  it("finds out the language of every example", () => {
    const found = ["node", "python", "go", "java", "rust", "bash"].map((name) => {
      const { services } = deploymentOf(
        { ...readApplication(languages), services: [serviceIn(name)] },
        { output: "/x", platformVersion: "0.1.0" },
      );
      return services[0]?.build?.language;
    });
    assert.deepEqual(found, ["js", "python", "go", "java", "rust", "bash"]);
  });

  function serviceIn(name: string) {
    const [, greeter] = readApplication(languages).services;
    if (greeter === undefined) return assert.fail();
    const command = parse(readFileSync(`${languages}/${name}/service.yml`, "utf8")).startup.command as string;
    return { ...greeter, directory: `${languages}/${name}`, startup: { command, onlineText: undefined } };
  }
});
