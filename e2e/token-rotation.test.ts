import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrokerProcess, eventually } from "@exosphere/testkit";
import { Mesh } from "@exosphere/testkit/mesh";
import { send } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = { web: { sends: ["greet"], receives: [] }, users: { receives: ["greet"], sends: [] } };

describe("Token files that change", function () {
  this.timeout(90_000);
  const folder = mkdtempSync(join(tmpdir(), "exo-rotation-"));
  const mesh = new Mesh();
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const attachTokens = write("attach.yml", "web: old-web\nusers: users\n");
  const adminToken = write("admin", "old-admin\n");
  const webToken = write("web", "old-web\n");
  const edgeToken = write("edge", "old-edge\n");
  let broker: BrokerProcess;
  let web: SidecarProcess;

  before(async () => {
    broker = await mesh.startBroker({
      routes,
      args: ["--attach-tokens", attachTokens, "--admin-token-file", adminToken],
    });
    web = await mesh.startSidecar("web", { args: ["--attach-token-file", webToken, "--token-file", edgeToken] });
  });
  after(async () => {
    await mesh.stop();
    rmSync(folder, { recursive: true });
  });

  const adminStatus = async (token: string) =>
    (await fetch(`${broker.admin}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status;
  const edgeStatus = async (token: string) =>
    (await send(web.edge, "greet", "1", { authorization: `Bearer ${token}` })).status;
  const isReady = async () => (await fetch(`${web.admin}/readyz`)).status === 200;

  /** Waits until a process has taken over the tokens of a setting for the nth time. */
  const taken = (process: BrokerProcess | SidecarProcess, setting: string, nth = 1) =>
    eventually(`${setting} is taken over`, () => {
      const entries = process.logged("took over changed tokens");
      return entries.filter((entry) => entry.setting === setting).length >= nth;
    });

  it("are taken over by an admin port and a JSON edge without a restart: first both tokens, then the new one alone", async () => {
    for (const [file, statusOf] of [
      ["admin", adminStatus],
      ["edge", edgeStatus],
    ] as const) {
      write(file, `new-${file}\nold-${file}\n`);
      await eventually(`the new token of ${file}`, async () => (await statusOf(`new-${file}`)) !== 401);
      assert.notEqual(await statusOf(`old-${file}`), 401);
      write(file, `new-${file}\n`);
      await eventually(`the end of the old token of ${file}`, async () => (await statusOf(`old-${file}`)) === 401);
      assert.notEqual(await statusOf(`new-${file}`), 401);
    }
  });

  it("let an instance attach again with its new token when the old one is withdrawn, and lose nothing", async () => {
    write("web", "new-web\n");
    await taken(web, "--attach-token-file");
    write("attach.yml", "web: [new-web, old-web]\nusers: users\n");
    await taken(broker, "--attach-tokens");
    write("attach.yml", "web: new-web\nusers: users\n");
    await broker.logs("the token that an instance attached with is no longer accepted");
    await web.logs("asks this process to attach again. The token that it attached with is no longer accepted.");
    assert.deepEqual(web.logged("shutting down"), []);
    const sent = await send(web.edge, "greet", "2", { authorization: "Bearer new-edge" });
    assert.equal(sent.status, 202);
    await eventually("web has attached twice", () => web.logged("attached to the broker").length === 2);
    assert.equal(await isReady(), true);
  });

  it("keep out an instance whose token is withdrawn for good", async () => {
    write("attach.yml", "web: another\nusers: users\n");
    await eventually("web is not taken in any more", async () => !(await isReady()));
    const refused = await send(web.edge, "greet", "3", { authorization: "Bearer new-edge" });
    assert.notEqual(refused.status, 202);
    write("web", "another\n");
    await eventually("web is taken in again", isReady);
  });

  it("stay as they were when they are broken, which the log, /readyz and a metric show", async () => {
    write("attach.yml", "web: [1]\n");
    const { mistakes } = await broker.logs("the changed token file is broken");
    assert.match(String(mistakes), /--attach-tokens: .* has no usable token for web/);
    const ready = await fetch(`${broker.admin}/readyz`);
    assert.equal(ready.status, 200);
    assert.match(await ready.text(), /the changed file of --attach-tokens is broken/);
    assert.equal(await isReady(), true);
  });

  it("are read again on SIGHUP, as the routes are", async () => {
    const before = broker.logged("the changed token file is broken").length;
    process.kill(broker.pid, "SIGHUP");
    await eventually("the broken file is read", () => broker.logged("is broken").length > before);
  });
});
