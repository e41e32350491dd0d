import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { freePorts } from "@exosphere/process";
import { eventually, ProcessUnderTest } from "@exosphere/testkit";
import { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { BareClient } from "@exosphere/testkit/bare-client";
import { InboxClient } from "@exosphere/testkit/inbox-client";
import { OtlpReceiver } from "@exosphere/testkit/otlp-receiver";
import { binariesFolder } from "../build-tree.ts";
import { manifestOf, root } from "../house.ts";
import { binaries, buildBinaries } from "./build-binaries.ts";

/** A web role that asks a greeter, and clients of a gateway that do. */
const application = `
name: binaries
services:
  web: { docker-image: web, messages: { sends: [greet], receives: [greeted] } }
  greeter: { docker-image: greeter, messages: { sends: [greeted], receives: [greet] } }
gateway:
  role: clients
  sends: [greet]
  receives: [greeted]
  clients: { anonymous: { sends: all, receives: all } }
`;

describe("the single executables, without Node and in an empty folder", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "exosphere-binaries-"));
  const [path, work, routes] = [join(folder, "bin"), join(folder, "work"), join(folder, "application.yml")];
  const example = join(folder, "space-tweet");
  const started: { stop(): Promise<unknown> }[] = [];

  before("build", async function () {
    if (process.platform !== "linux") return this.skip();
    await buildBinaries();
    for (const each of [path, work]) mkdirSync(each);
    writeFileSync(routes, application);
    const isOurs = (file: string) => !file.includes("node_modules");
    cpSync(join(root, "examples/space-tweet"), example, { recursive: true, filter: isOurs });
    // Everything that the machine has, but Node.
    for (const name of readdirSync("/usr/bin"))
      if (!/^(node|npm|npx|corepack)/.test(name)) symlinkSync(join("/usr/bin", name), join(path, name));
  });

  afterEach(async () => {
    for (const each of started.splice(0).reverse()) await each.stop();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const keep = <Stoppable extends { stop(): Promise<unknown> }>(each: Stoppable): Stoppable => {
    started.push(each);
    return each;
  };
  const start = (name: string, args: readonly (string | number)[], env: Readonly<Record<string, string>> = {}) => {
    const entry = pathToFileURL(join(binariesFolder, name));
    return keep(
      new ProcessUnderTest({ entry, args: args.map(String), cwd: work, env: { ...env, PATH: path, HOME: work } }),
    );
  };
  const startReady = async (
    name: string,
    args: readonly (string | number)[],
    env?: Readonly<Record<string, string>>,
  ) => {
    const [port, admin] = (await freePorts(2)) as [number, number];
    const running = start(name, [...args, "--port", port, "--admin-port", admin], env);
    await running.answers(`http://127.0.0.1:${admin}/readyz`);
    return { port, admin, process: running };
  };
  const run = (name: string, ...args: readonly string[]) => {
    const env = { PATH: path, HOME: work };
    return spawnSync(join(binariesFolder, name), args, { cwd: work, env, encoding: "utf8" });
  };
  const postTo = async (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(url, { method: "POST", body: JSON.stringify(body), headers });
    const text = await response.text();
    assert.ok(response.ok, `${response.status}: ${text}`);
    return JSON.parse(text) as { readonly name?: string; readonly payload?: unknown };
  };
  const startGreeter = async () => {
    const app = await AppUnderTest.start();
    app.on("greet", ({ message }) => ({ reply: { name: "greeted", payload: `Hello ${String(message.payload)}` } }));
    keep({ stop: () => app.close() });
    return app;
  };

  it("cannot find Node", () => {
    assert.equal(spawnSync("sh", ["-c", "command -v node"], { env: { PATH: path } }).status, 127);
  });

  it("play their commands by name or by the first argument, and say their version", () => {
    for (const name of binaries) {
      const expected = new RegExp(`^(${name} )?${manifestOf().version}\\n$`);
      assert.match(run(name, "--version").stdout, expected);
      assert.match(run("exo", name, "--version").stdout, expected);
      assert.match(run("exocom", name, "--version").stdout, expected);
    }
    assert.match(run("exocom", "serve", "--help").stdout, /^exocom serve /);
  });

  it("refuse wrong use as everywhere, with 64", () => {
    const { status, stderr } = run("exo-sidecar", "--rol", "web");
    assert.equal(status, 64);
    assert.match(stderr, /did you mean --role/);
  });

  it("exocom carries messages between two apps, by HTTP alone", async () => {
    const { port } = await startReady("exocom", ["--app", routes]);
    const inbox = keep(await InboxClient.open(port, { "exo-role": "greeter" }));
    await postTo(`http://127.0.0.1:${port}/v1/send/greet`, "Ada", { "exo-role": "web" });
    const { message } = await inbox.event();
    assert.deepEqual([message.name, message.payload], ["greet", "Ada"]);
  });

  it("broker, sidecars and gateway bring a request to an app and its reply back", async () => {
    const broker = await startReady("exocom", ["serve", "--app", routes]);
    const at = ["--broker", `127.0.0.1:${broker.port}`];
    const app = await startGreeter();
    await startReady("exo-sidecar", ["--role", "greeter", "--app", `http://127.0.0.1:${app.port}`, ...at]);
    const { port } = await startReady("exo-sidecar", ["--role", "web", ...at]);
    const gateway = await startReady("exo-gateway", ["--app", routes, ...at]);
    for (const edge of [port, gateway.port]) {
      const reply = await postTo(`http://127.0.0.1:${edge}/v1/request/greet`, "Ada");
      assert.deepEqual([reply.name, reply.payload], ["greeted", "Hello Ada"]);
    }
  });

  it("exocom serves gRPC's health and reflection, whose .proto files are in it", async () => {
    const { port } = await startReady("exocom", ["serve", "--app", routes]);
    const client = new BareClient(port);
    try {
      assert.deepEqual(await client.health("exosphere.exocom.v1.BrokerService"), { status: "SERVING" });
      assert.ok((await client.services()).includes("exosphere.exocom.v1.BrokerService"));
    } finally {
      client.close();
    }
  });

  it("exo-analytics shows its page, every file of it", async () => {
    const broker = await startReady("exocom", ["serve", "--app", routes]);
    const args = ["--broker", `127.0.0.1:${broker.port}`, "--data-dir", join(folder, "data")];
    const { port } = await startReady("exo-analytics", args);
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    const files = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, file = ""]) => file);
    assert.equal(files.length, 3);
    for (const file of files) {
      const response = await fetch(`http://127.0.0.1:${port}${file}`);
      assert.equal(response.status, 200, file);
      const built = readFileSync(join(root, "services/analytics/dist", file));
      assert.equal(hashOf(Buffer.from(await response.arrayBuffer())), hashOf(built), file);
    }
  });

  it("end orderly as process 1 of a container, where a shell stands above them", async function () {
    const unshare = spawnSync("unshare", ["--pid", "--fork", "true"]);
    if (unshare.status !== 0) {
      console.log("      skipped: needs unshare (apt-get install util-linux) and the right to use it");
      this.skip();
    }
    const admin = (await freePorts(1))[0] as number;
    const sidecar = [join(binariesFolder, "exo-sidecar"), "--role=web", "--port=0", `--admin-port=${admin}`];
    const container = keep(
      new ProcessUnderTest({
        entry: pathToFileURL("/usr/bin/unshare"),
        args: ["--pid", "--fork", "--kill-child", ...sidecar],
        cwd: work,
        env: { PATH: path, HOME: work },
      }),
    );
    await container.answers(`http://127.0.0.1:${admin}/livez`);
    const [shell] = readFileSync(`/proc/${container.pid}/task/${container.pid}/children`, "utf8").trim().split(" ");
    process.kill(Number(shell), "SIGTERM");
    assert.equal((await container.exited).code, 0);
    assert.equal(container.logged("drained").length, 1);
  });

  it("write traces and log lines for people, which they load only when asked", async () => {
    const collector = keep(await OtlpReceiver.start());
    const { port, process: exocom } = await startReady("exocom", ["--app", routes, "--pretty"], collector.env);
    keep(await InboxClient.open(port, { "exo-role": "greeter" }));
    await postTo(`http://127.0.0.1:${port}/v1/send/greet`, "Ada", { "exo-role": "web" });
    await collector.span("send greet");
    assert.match(exocom.stderr.join("\n"), /INFO.* online/);
  });

  it("exo runs an application whose service is a shell script", async () => {
    const shop = join(folder, "shop");
    cpSync(join(root, "examples/languages/bash"), join(shop, "greeter"), { recursive: true });
    mkdirSync(join(shop, "asker"));
    const asker =
      "startup: { command: echo asks; sleep 600, online-text: asks }\nmessages: { sends: [greet], receives: [greeted] }\n";
    writeFileSync(join(shop, "asker/service.yml"), `type: private\ndescription: asks\n${asker}`);
    const services = "services:\n  asker: { location: ./asker }\n  greeter: { location: ./greeter }\n";
    writeFileSync(join(shop, "application.yml"), `name: shop\ndescription: greets\nversion: 1.0.0\n${services}`);
    const running = start("exo", ["run", shop, "--no-dashboard"]);
    const curl = await eventually(
      "the curl line",
      () => running.stdout.map((line) => /http:\S+\/v1\/request\/greet/.exec(line)?.[0]).find(Boolean),
      60_000,
    );
    assert.deepEqual((await postTo(curl, { name: "Ada" })).payload, { text: "Hello, Ada!", language: "bash" });
    assert.equal((await running.stop()).code, 0);
  });

  it("exo writes types, for which it has a formatter in it", () => {
    const { status, stderr } = run("exo", "types", example);
    assert.equal(status, 0, stderr);
    assert.match(readFileSync(join(example, "users/messages.d.ts"), "utf8"), /users\.create/);
  });

  it("exo knows the versions that are in it, and checks an application and the machine", () => {
    const report = JSON.parse(run("exo", "version", "--json").stdout) as { readonly exo: string };
    assert.equal(report.exo, manifestOf().version);
    assert.equal(run("exo", "lint", example).status, 0);
    assert.match(run("exo", "doctor", example).stdout, /^ok +versions +exo /m);
    assert.equal(run("exo", "init", join(folder, "first")).status, 0);
    assert.match(run("exo", "completion", "bash").stdout, /^complete .*exo/m);
  });

  it("leave their folder empty and come with all licences", () => {
    assert.deepEqual(readdirSync(work), []);
    const licences = readFileSync(join(binariesFolder, "licences.txt"), "utf8");
    for (const name of ["Node.js 24", "@grpc/grpc-js ", "pino ", "ws ", "undici "])
      assert.ok(licences.includes(name), name);
  });
});

function hashOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
