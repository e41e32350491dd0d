import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { eventually, metricOf } from "@exosphere/testkit";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask } from "@exosphere/testkit/messages";

const routes = {
  web: { sends: ["greet"], receives: ["greeted"] },
  greeter: { sends: ["greeted"], receives: ["greet"] },
};

const hasPython = spawnSync("python3", ["-c", "import struct"]).status === 0;

describe(`A service on a WebSocket in Python${hasPython ? "" : " (install python3)"}`, function () {
  this.timeout(30_000);
  const mesh = new Mesh();
  let service: ChildProcess | undefined;

  function start(port: number): void {
    const file = fileURLToPath(new URL("kit/src/service.py", import.meta.url));
    const env = { ...process.env, EXOCOM_PORT: String(port), ROLE: "greeter" };
    service = spawn("python3", [file], { env, stdio: ["ignore", "inherit", "inherit"] });
  }

  before(function () {
    if (!hasPython) this.skip();
  });
  afterEach(async () => {
    if (service?.exitCode === null) {
      service.kill("SIGKILL");
      await once(service, "exit");
    }
    await mesh.stop();
  });

  it("answers requests through its sidecar", async () => {
    await mesh.startBroker({ routes });
    const [web, greeter] = await Promise.all([mesh.startSidecar("web"), mesh.startSidecar("greeter")]);
    start(greeter.port);
    await eventually("the service", async () => (await metricOf(greeter.admin, "exo_sidecar_websockets")) === 1);
    const { status, json } = await ask(web.edge, "greet", '{"name":"Zoë"}');
    assert.deepEqual([status, json.name, json.payload], [200, "greeted", { text: "Hello Zoë" }]);
  });

  it("answers requests through the all-in-one", async () => {
    const exocom = mesh.keep(await ExocomProcess.start({ routes }));
    start(exocom.port);
    await exocom.prints("'greeter' registered");
    const { status, json } = await ask(exocom.edge, "greet", '{"name":"Zoë"}');
    assert.deepEqual([status, json.payload], [200, { text: "Hello Zoë" }]);
  });
});
