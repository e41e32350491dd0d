import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePorts } from "@exosphere/process";
import { ExoRun } from "./exo-run.fixture.ts";

const spaceTweet = fileURLToPath(new URL("../../../examples/space-tweet", import.meta.url));
const languages = fileURLToPath(new URL("../../../examples/languages", import.meta.url));
const echoApp = fileURLToPath(new URL("fixtures/echo-app", import.meta.url));

async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

describe("exo run", function () {
  // A broker, three sidecars and three services from the sources: seconds on a busy machine.
  this.timeout(60_000);

  let folder: string;
  const started: ExoRun[] = [];

  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd?: string): ExoRun => {
    const exo = new ExoRun(args, { EXO_DATA_DIR: folder, ...env }, "run", cwd);
    started.push(exo);
    return exo;
  };

  /** An application of one service. */
  const application = async (service: string): Promise<string> => {
    await mkdir(join(folder, "solo"));
    await writeFile(join(folder, "application.yml"), "name: x\nservices:\n  solo:\n    location: ./solo\n");
    await writeFile(join(folder, "solo", "service.yml"), service);
    return folder;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "exo-run-"));
  });

  afterEach(async () => {
    for (const exo of started.splice(0)) exo.kill();
    await rm(folder, { recursive: true });
  });

  it("runs space-tweet, whose users survive a restart, and leaves no process behind", async () => {
    const first = run([spaceTweet]);
    await first.ready();
    const created = await first.tryIt();
    assert.equal(created.name, "users.created");
    assert.equal(created.payload.name, "Ada");
    assert.equal(await first.end("SIGINT"), 0);
    assert.deepEqual(first.leftovers, []);

    const second = run([spaceTweet]);
    await second.ready();
    const [, site] = await second.until(/^web is at (http:\S+)$/m);
    const users = await fetch(`${site}/users`);
    assert.deepEqual(await users.json(), { count: 1, users: [created.payload] });
    const refused = await fetch(`${site}/users`, { method: "POST", body: '{"name":" "}' });
    assert.equal(refused.status, 400);
    assert.deepEqual(await refused.json(), { error: "Name cannot be blank" });
    assert.equal(await second.end("SIGTERM"), 0);
    assert.deepEqual(second.leftovers, []);
  });

  it("runs the dashboard, says where it is, and shows there what happened", async () => {
    const exo = run([echoApp], { EXO_DASHBOARD: "true", EXO_DASHBOARD_PORT: "0" });
    await exo.ready();
    const [, dashboard] = await exo.until(/^the dashboard is at (http:\S+)$/m);
    await exo.tryIt();
    const find = async () =>
      (await (await fetch(`${dashboard}/api/activities`)).json()) as { rows: { id: string; name: string }[] };
    while ((await find()).rows.length === 0) await sleep(100);
    assert.equal((await find()).rows[0]?.name, "say");
    assert.match(await (await fetch(`${dashboard}/`)).text(), /<title>Exosphere<\/title>/);
    assert.equal(await exo.end("SIGINT"), 0);
    assert.deepEqual(exo.leftovers, []);
  });

  it("runs the examples of languages, whose web asks the greeter", async () => {
    const exo = run([languages]);
    await exo.ready();
    assert.deepEqual((await exo.tryIt()).payload, { text: "Hello, Ada!", language: "node" });
    const [, site] = await exo.until(/^web is at (http:\S+)$/m);
    const answer = await fetch(`${site}/?name=${encodeURIComponent('"Ада"')}`);
    assert.deepEqual([answer.status, await answer.text()], [200, 'Hello, "Ада"!\n']);
    assert.equal(await exo.end("SIGINT"), 0);
    assert.deepEqual(exo.leftovers, []);
  });

  it("starts a crashed service again and says so", async () => {
    const exo = run([echoApp]);
    await exo.ready();
    const before = await exo.tryIt();
    assert.deepEqual(before, { ...before, name: "said", payload: { text: "it's me" } });
    const [, pid] = await exo.until(/echo online, pid (\d+)/);
    process.kill(Number(pid), "SIGKILL");
    await exo.until(/exo +\| echo (was ended by SIGKILL|ended with exit code 137); starting it again in \d+ ms/);
    await exo.until(/echo online, pid \d+.*echo online, pid \d+/s);
    assert.equal((await exo.tryIt()).name, "said");
    assert.equal(await exo.end("SIGINT"), 0);
    assert.deepEqual(exo.leftovers, []);
  });

  it("needs no order: each part that is killed is started again, and the application answers", async () => {
    const exo = run([echoApp]);
    await exo.ready();
    const parts = [
      ["exocom", /broker\/src\/bin\.ts serve/],
      ["asker/sidecar", /--role=asker/],
      ["echo/sidecar", /--role=echo/],
      ["asker|echo", /^node \.\.\/server\.js/],
    ] as const;
    for (const [name, command] of parts) {
      const before = exo.output.length;
      assert.equal(exo.killThose(command), name.split("|").length);
      const again = new RegExp(`exo +\\| (${name}) (was ended by SIGKILL|ended with exit code 137); starting it again`);
      await exo.until(again, before);
      await exo.works("said");
    }
    assert.equal(await exo.end("SIGTERM"), 0);
    assert.deepEqual(exo.leftovers, []);
  });

  it("ends everything although it is killed itself", async () => {
    const exo = run([echoApp]);
    await exo.ready();
    assert.equal(await exo.end("SIGKILL"), "SIGKILL");
    while (exo.leftovers.length > 0) await sleep(20);
  });

  it("ends everything when it is told to while it starts", async () => {
    const exo = run([echoApp]);
    await exo.until(/broker online/);
    assert.equal(await exo.end("SIGTERM"), 0);
    assert.deepEqual(exo.leftovers, []);
    assert.doesNotMatch(exo.output, /application ready/);
  });

  it("gives the first public service the caller's PORT, and says so if that is taken", async () => {
    const server = createServer((_request, response) => response.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = String((server.address() as AddressInfo).port);
    const refused = run([echoApp], { PORT: port });
    const code = await refused.exited();
    await new Promise((closed) => server.close(closed));
    assert.equal(code, 1);
    assert.match(refused.output, new RegExp(`port ${port} .*already in use.*--port`));
    const exo = run([echoApp], { PORT: port });
    await exo.ready();
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "hello");
    assert.equal(await exo.end("SIGINT"), 0);
  });

  it("names all mistakes of an application and starts nothing", async () => {
    const exo = run([await application("type: publik\nmessages:\n  sends: 7\n"), "--grace", "soon"]);
    assert.equal(await exo.exited(), 64);
    assert.match(exo.output, /--grace: 'soon'/);
    assert.match(exo.output, /service\.yml:1:.*type.*service\.yml:3:.*sends/s);
    assert.doesNotMatch(exo.output, /broker online/);
  });

  it("refuses a folder without an application, unknown flags and commands", async () => {
    assert.equal(await run([folder]).exited(), 64);
    const exo = run(["--prot", "1"]);
    assert.equal(await exo.exited(), 64);
    assert.match(exo.output, /did you mean --port/);
  });

  it("says which service ended at once, with its output, and stops the rest", async () => {
    const exo = run([await application("startup:\n  command: no-such-program\n  online-text: up\n")]);
    await exo.until(/broker online/);
    exo.look();
    assert.equal(await exo.exited(), 1);
    assert.match(exo.output, /solo +\| .*no-such-program.*not found/);
    assert.match(exo.output, /exo run: solo ended with exit code 127 \(.*is it installed.*\) before it was up\n$/);
    assert.deepEqual(exo.leftovers, []);
  });

  it("ends where the command of a service that only sends cannot be run", async () => {
    const exo = run([await application("startup: {command: no-such-program}\nmessages: {sends: [a]}\n")]);
    await exo.until(/broker online/);
    exo.look();
    assert.equal(await exo.exited(), 1);
    assert.match(exo.output, /exo run: solo ended with exit code 127 \(.*is it installed/);
    assert.deepEqual(exo.leftovers, []);
  });

  it("waits for a service without an online text until it takes messages, and says what it waits for", async () => {
    const port = await freePort();
    const server = `require("http").createServer((q, r) => r.end()).listen(process.env.EXORELAY_PORT)`;
    const startup = `startup:\n  command: until [ -e go ]; do sleep 0.1; done; exec node -e '${server}'\n`;
    const root = await application(`${startup}development: {port: ${port}}\nmessages: {receives: [a]}\n`);
    const exo = run([], {}, join(root, "solo"));
    await exo.until(/solo runs, but nothing listens on port \d+ \(EXORELAY_PORT\) for messages and \d+ \(PORT\)/);
    assert.doesNotMatch(exo.output, /application ready/);
    await writeFile(join(root, "solo", "go"), "");
    await exo.ready();
    await exo.until(new RegExp(`^solo is at http://127.0.0.1:${port}$`, "m"));
    assert.equal(await exo.end("SIGTERM"), 0);
  });

  it("says which service did not come up in time", async () => {
    const exo = run([
      await application("startup:\n  command: sleep 1000\n  online-text: up\n"),
      "--online-timeout",
      "3s",
    ]);
    assert.equal(await exo.exited(), 1);
    assert.match(exo.output, /solo did not come up: it did not print 'up' within 3 s/);
  });
});
