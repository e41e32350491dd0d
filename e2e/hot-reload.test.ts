import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { eventually, metricOf } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { send } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const application = `
name: shop
services:
  web: { location: ./web }
  users: { location: ./users }
`;
const web = (...names: readonly string[]) => `type: public\nmessages: { sends: [${names.join(", ")}] }\n`;

describe("The files of an application, changed while sidecars are attached,", () => {
  const root = mkdtempSync(join(tmpdir(), "exosphere-reload-"));
  const mesh = new Mesh();
  let webSidecar: SidecarProcess;
  let users: AppUnderTest;

  /** Puts a file in the place of another, as editors do. */
  function save(path: string, text: string): void {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }
  const metric = (name: string) => metricOf(mesh.broker.admin, name);
  const revision = (wanted: number) =>
    eventually(`revision ${wanted}`, async () => (await metric("exocom_routes_revision")) === wanted);
  /** The sidecar hears of a change a moment after the broker. */
  const answers = (name: string, status: number) =>
    eventually(`${name}: ${status}`, async () => (await send(webSidecar.edge, name)).status === status);

  before(async () => {
    save("application.yml", application);
    save("web/service.yml", web("order", "cancel"));
    save("users/service.yml", "messages: { receives: [order, cancel, rate] }\n");
    await mesh.startBroker({ args: ["--app", join(root, "application.yml")] });
    const [sidecar, service] = await Promise.all([mesh.startSidecar("web"), mesh.startService("users")]);
    webSidecar = sidecar;
    users = service.app;
  });
  after(async () => {
    await mesh.stop();
    rmSync(root, { recursive: true });
  });

  it("let through what is newly allowed, and refuse what is no longer", async () => {
    assert.equal((await send(webSidecar.edge, "cancel")).status, 202);
    assert.equal((await send(webSidecar.edge, "rate")).status, 403);
    save("web/service.yml", web("order", "rate"));
    await revision(2);
    await answers("rate", 202);
    await users.delivery("rate");
    const refused = await send(webSidecar.edge, "cancel");
    assert.deepEqual([refused.status, refused.json.reason], [403, "NOT_ALLOWED"]);
  });

  it("stay as they were while they are broken", async () => {
    save("web/service.yml", "messages: { sends: [order, cancel], sneds: [] }\nstartup: 5\n");
    await eventually("refusal", async () => (await metric("exocom_routes_rejected_total")) === 1);
    assert.deepEqual([await metric("exocom_routes_revision"), await metric("exocom_routes_stale")], [2, 1]);
    assert.match(await (await fetch(`${mesh.broker.admin}/readyz`)).text(), /^ok\n.*broken/);
    const { mistakes } = await mesh.broker.logs("routes are broken");
    assert.match(JSON.stringify(mistakes), /service\.yml:1:\d+.*sneds.*service\.yml:2:/);
    assert.equal((await send(webSidecar.edge, "rate")).status, 202);
    assert.equal((await send(webSidecar.edge, "cancel")).status, 403);
  });

  it("are taken over once they are mended", async () => {
    save("web/service.yml", web("order", "cancel"));
    await revision(3);
    assert.equal(await metric("exocom_routes_stale"), 0);
    await answers("cancel", 202);
  });

  it("detach a role that is gone, and take it in again when it is back", async () => {
    save("application.yml", application.replace(/ {2}users.*\n/, ""));
    await revision(4);
    await answers("order", 404);
    assert.equal(await metric('exocom_instances{role="users"}'), undefined);
    save("application.yml", application);
    await revision(5);
    await eventually("its instance", async () => (await metric('exocom_instances{role="users"}')) === 1);
    users.reset();
    await answers("order", 202);
    await users.delivery("order");
  });

  it("are read again on SIGHUP", async () => {
    process.kill(mesh.broker.pid, "SIGHUP");
    await mesh.broker.logs("the same");
    assert.equal(await metric("exocom_routes_revision"), 5);
  });

  it("may come to lead to a service that is not there yet", async () => {
    save("application.yml", `${application}  extra: { location: ./extra }\n`);
    await eventually("refusal", async () => (await metric("exocom_routes_stale")) === 1);
    save("extra/service.yml", "messages: { receives: [order] }\n");
    await revision(6);
    assert.equal(await metric("exocom_routes_stale"), 0);
  });
});
