import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask } from "@exosphere/testkit/messages";
import { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const page = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const routes = {
  web: { sends: ["greet"], receives: ["greeted"] },
  greeter: { sends: ["greeted"], receives: ["greet"] },
};

describe("The whole service in the README", () => {
  const mesh = new Mesh();
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "exo-readme-"));
  });
  after(async () => {
    await mesh.stop();
    await rm(folder, { recursive: true });
  });

  it("replies, also to a message without a payload, which does not end it", async () => {
    const [, code] = /^```js\n(import \{ createServer \}.*?)^```$/ms.exec(page) ?? [];
    assert.ok(code);
    const file = join(folder, "greeter.mjs");
    writeFileSync(file, code);
    const broker = await mesh.startBroker({ routes });
    const args = ["--", process.execPath, file];
    const greeter = mesh.keep(await SidecarProcess.launch({ role: "greeter", broker: broker.port, args }));
    const web = await mesh.startSidecar("web");
    for (const body of ['{"name":"Ada"}', "", '{"name":"Grace"}']) {
      const { status, text } = await ask(web.edge, "greet", body);
      assert.equal(status, 200, text);
    }
    assert.deepEqual(greeter.logged("the app exited"), []);
  });
});
