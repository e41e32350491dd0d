import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@exosphere/process";
import { eventually, hasChromium, ProcessUnderTest } from "@exosphere/testkit";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { ForeignPage, reportedAnswers } from "@exosphere/testkit/foreign-page";
import { InboxClient } from "@exosphere/testkit/inbox-client";
import { Mesh } from "@exosphere/testkit/mesh";
import { send } from "@exosphere/testkit/messages";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const title = hasChromium ? "" : " (needs Chromium: apt-get install chromium)";

const routes = {
  web: { sends: ["greet"], receives: [] },
  users: { receives: ["greet"], sends: [] },
};

/** What waits for an app that has not come yet, in messages. */
const waiting = 5;

describe(`A web page of another host${title}`, function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "exo-web-pages-"));
  const mesh = new Mesh();
  let page: ForeignPage;
  let web: SidecarProcess;

  before(async function () {
    if (!hasChromium) return this.skip();
    page = await ForeignPage.start();
    await mesh.startBroker({ routes });
    web = await mesh.startSidecar("web");
  });
  after(async () => {
    await page?.close();
    await mesh.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The page has reached the server in every way, and was refused there. */
  async function assertRefused(url: string): Promise<void> {
    const outcomes = await page.attack(url);
    for (const each of reportedAnswers)
      assert.ok(
        outcomes.some(({ attempt }) => attempt === each),
        `${each} of ${url}: ${JSON.stringify(outcomes)}`,
      );
    for (const { attempt, method, status } of outcomes)
      assert.equal(status, 403, `${attempt} of ${url} by ${method} was answered ${status}`);
  }

  async function sendSome(edge: string): Promise<void> {
    for (let count = 0; count < waiting; count++)
      assert.equal((await send(edge, "greet", String(count), { "exo-deadline": "170s" })).status, 202);
  }

  it("takes nothing from a sidecar and leaves the app every way to take its messages", async () => {
    const users = await mesh.startSidecar("users");
    await sendSome(web.edge);
    for (const path of ["/v1/inbox", "/services", "/v1/send/greet", "/config.json"])
      await assertRefused(`${users.edge}${path}`);
    // Somebody who types the address of the inbox does not mean to empty it.
    assert.equal(await page.type(`${users.edge}/v1/inbox`), 403);
    assert.equal(await page.type(`${users.edge}/status`), 200);

    const service = await RawWebSocket.register(users.port, "users");
    const payloads = () => service.messages.map(({ payload }) => payload);
    await eventually("the app gets all messages", () => service.messages.length >= waiting);
    assert.deepEqual(payloads(), [0, 1, 2, 3, 4]);
    service.drop();
  });

  it("takes nothing from the all-in-one, and opens no instance there", async () => {
    const exocom = mesh.keep(await ExocomProcess.start({ routes }));
    await sendSome(exocom.edge);
    for (const path of ["/v1/inbox", "/services", "/send/greet"]) await assertRefused(`${exocom.edge}${path}`);
    assert.deepEqual((await exocom.config()).clients, []);
    const inbox = await InboxClient.open(exocom.port, { "exo-role": "users" });
    await inbox.event(waiting);
    await inbox.stop();
  });

  it("reads and changes nothing at an admin port", async () => {
    for (const admin of [mesh.broker.admin, web.admin]) {
      for (const path of ["/log-level", "/metrics"]) await assertRefused(`${admin}${path}`);
      assert.deepEqual(await (await fetch(`${admin}/log-level`)).json(), { level: "info" });
      assert.equal(await page.type(`${admin}/metrics`), 200);
    }
  });

  it("reads nothing of the dashboard, which links may lead to", async () => {
    const [port, adminPort] = (await freePorts(2)) as [number, number];
    const dashboard = mesh.keep(
      new ProcessUnderTest({
        entry: new URL("../services/analytics/src/bin.ts", import.meta.url),
        args: [
          `--port=${port}`,
          `--admin-port=${adminPort}`,
          `--broker=127.0.0.1:${mesh.broker.port}`,
          "--data-dir",
          folder,
        ],
      }),
    );
    await dashboard.answers(`http://127.0.0.1:${adminPort}/readyz`);
    for (const path of ["/api/info", "/api/live"]) await assertRefused(`http://127.0.0.1:${port}${path}`);
    const outcomes = await page.attack(`http://127.0.0.1:${port}/`);
    const opened = outcomes.filter(({ status }) => status === 200).map(({ attempt }) => attempt);
    assert.deepEqual(opened, ["a new window", "a link"]);
  });
});
