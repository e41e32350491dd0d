import assert from "node:assert/strict";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "@exosphere/testkit";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { InboxClient } from "@exosphere/testkit/inbox-client";
import { Mesh } from "@exosphere/testkit/mesh";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = {
  web: { sends: ["greet"], receives: ["greeted"] },
  users: { sends: ["greeted"], receives: ["greet"] },
};
const token = "s3cret-of.the~app";

/** Every form in which the edge is called, and what it answers to who has the token. */
const forms: readonly (readonly [method: string, path: string, body: string | undefined, status: number])[] = [
  ["POST", "/v1/send/greet", "1", 202],
  ["POST", "/v1/send", '{"name":"greet"}', 200],
  ["POST", "/send/greet", '{"sender":"web","id":"1"}', 200],
  ["POST", "/v1/request/greeted", "1", 403],
  ["POST", "/v1/settle/1", '{"outcome":"done"}', 404],
  ["GET", "/config.json", undefined, 200],
  ["GET", "/nowhere", undefined, 404],
];

/** What those are answered who do not have it. */
const strangers: readonly (readonly [what: string, headers: Record<string, string>])[] = [
  ["nothing", {}],
  ["another token", { authorization: "Bearer s3cret" }],
  ["a longer one", { authorization: `Bearer ${token}x` }],
  ["another scheme", { authorization: `Basic ${token}` }],
];

describe("An edge with --token-file", function () {
  this.timeout(60_000);
  const mesh = new Mesh();
  let folder: string;
  let web: SidecarProcess;
  let exocom: ExocomProcess;
  let args: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "exo-token-"));
    await writeFile(join(folder, "token"), `${token}\n`);
    args = ["--token-file", join(folder, "token")];
    await mesh.startBroker({ routes });
    web = await mesh.startSidecar("web", { args });
    exocom = mesh.keep(await ExocomProcess.start({ routes, args }));
  });
  after(async () => {
    await mesh.stop();
    await rm(folder, { recursive: true });
  });

  const call = (edge: string, [method, path, body]: (typeof forms)[number], headers: Record<string, string>) =>
    fetch(`${edge}${path}`, {
      method,
      headers: { "exo-role": "web", ...headers },
      ...(body !== undefined && { body }),
    });

  for (const form of forms) {
    it(`asks for it at ${form[0]} ${form[1]}`, async () => {
      for (const edge of [web.edge, exocom.edge]) {
        for (const [what, headers] of strangers) {
          const response = await call(edge, form, headers);
          const { reason, detail } = (await response.json()) as { reason: string; detail: string };
          assert.deepEqual([response.status, reason], [401, "UNAUTHENTICATED"], what);
          assert.equal(response.headers.get("www-authenticate"), "Bearer");
          assert.match(detail, /EXOCOM_TOKEN.*authorization: Bearer/);
        }
        const response = await call(edge, form, { authorization: `Bearer ${token}` });
        assert.equal(response.status, form[3], await response.text());
      }
    });
  }

  it("asks for it at the inbox and at WebSockets", async () => {
    for (const port of [web.port, exocom.port]) {
      for (const [what, headers] of strangers) {
        const inbox = mesh.keep(await InboxClient.open(port, headers));
        assert.equal(inbox.status, 401, what);
        const upgrade = await RawWebSocket.upgrade(port, headers);
        assert.equal(upgrade.status, 401, what);
        assert.match(upgrade.head, /www-authenticate: Bearer/i);
      }
      const authorization = `bearer ${token}`;
      const inbox = mesh.keep(await InboxClient.open(port, { authorization, "exo-role": "web" }));
      assert.equal(inbox.status, 200);
      const { status, client } = await RawWebSocket.upgrade(port, { authorization });
      assert.equal(status, 101);
      client?.drop();
    }
  });

  it("is open for health checks, and tells nothing of the token", async () => {
    for (const { edge } of [web, exocom]) assert.equal((await fetch(`${edge}/status`)).status, 200);
    const settings = await (await fetch(`${web.admin}/settings`)).text();
    for (const text of [settings, ...web.stdout, ...exocom.stderr]) assert.ok(!text.includes(token));
  });

  it("tells it the app that it starts, whose unix socket is the user's alone", async () => {
    const socket = join(folder, "app.sock");
    const program = fileURLToPath(new URL("kit/src/token-program.js", import.meta.url));
    const sidecar = mesh.keep(
      await SidecarProcess.launch({
        role: "users",
        broker: mesh.broker.port,
        args: [...args, "--socket", socket, "--", process.execPath, program],
      }),
    );
    await eventually("the app was let in", () => sidecar.stdout.includes("answered 202 with the token, 401 without"));
    assert.equal((await stat(socket)).mode & 0o777, 0o600);
  });

  it("does not start with a token that no caller could send", async () => {
    await writeFile(join(folder, "bad"), "two words");
    const { code, text } = await new ExocomProcess(1, {
      routes,
      args: ["--token-file", join(folder, "bad")],
    }).failure();
    assert.deepEqual([code, /--token-file/.test(text)], [64, true]);
  });
});
