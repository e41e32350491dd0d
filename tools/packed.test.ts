import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { freePorts } from "@exosphere/process";
import { rolldown } from "rolldown";
import { buildFolder } from "./build-tree.ts";
import { installed, manifestOf, publishable, root } from "./house.ts";
import type { PublishedManifest } from "./manifest.ts";
import { InstalledPackages, untilReady } from "./packed.fixture.ts";
import { cleanEnvironment, NpmError } from "./release/npm.ts";

describe("the packed packages, installed in an empty folder", function () {
  this.timeout(180_000);
  const packages = new InstalledPackages();

  before("pack and install", async function () {
    await installOrSkip(this, packages);
  });

  let written: string | undefined;
  const application = () => {
    written ??= writeApplication(packages.folder);
    return written;
  };

  afterEach(function () {
    if (this.currentTest?.state === "failed") console.log(packages.output);
  });

  after(() => packages.remove());

  for (const workspace of publishable) {
    const { name } = manifestOf(workspace);
    it(`${name} has every file that its package.json promises`, () => {
      const manifest = publishedManifestOf(workspace);
      const promised = [
        ...Object.values(manifest.exports).flatMap((target) =>
          typeof target === "string" ? [target] : [target.types, target.default],
        ),
        ...Object.values(manifest.bin ?? {}),
        "LICENSE",
      ];
      assert.deepEqual(
        promised.filter((file) => !existsSync(packages.fileOf(name, file))),
        [],
      );
    });
  }

  it("give every command by @exosphere/cli alone, installed for the whole machine", async () => {
    const commands = await packages.installGlobally("@exosphere/cli");
    assert.deepEqual(
      [...commands.keys()],
      [...["exo", "exo-analytics", "exo-gateway", "exo-injector", "exo-sidecar", "exocom"]],
    );
    for (const [name, file] of commands) {
      const { stdout } = spawnSync(file, ["--version"], { encoding: "utf8", env: cleanEnvironment() });
      assert.match(stdout, new RegExp(`^(${name} )?${manifestOf().version}\n$`));
    }
    // What looks at the package itself, or loads what the other commands do not.
    const folder = dirname(application());
    for (const args of [
      ["version", "--json"],
      ["lint", folder],
      ["doctor", folder],
      ["completion", "bash"],
    ]) {
      const options = { encoding: "utf8", env: cleanEnvironment() } as const;
      const { status, stdout, stderr } = spawnSync(commands.get("exo") ?? "", args, options);
      assert.deepEqual([status, stderr], [0, ""], `${args.join(" ")}\n${stdout}`);
    }
  });

  it("run once without being installed, by the name of their package", async () => {
    assert.equal(await packages.runOnce("@exosphere/cli", ["exo", "--version"]), `${manifestOf().version}\n`);
  });

  it("test a service on a bus in memory", () => {
    const printed = packages.run(`import { createTestBus } from "@exosphere/sdk/testing";
      const bus = createTestBus({ services: { greeter: { receives: ["greet"], sends: ["greeted"] } } });
      bus.service("greeter", { greet: ({ payload }) => ({ name: "greeted", payload: "Hello " + payload }) });
      console.log((await bus.role("web").request("greet", "Ada")).payload);
      await bus.assertNoUnexpected();
      await bus.close();`);
    assert.equal(printed, "Hello Ada\n");
  });

  it("run a broker and a sidecar, which stop when they are told to", async () => {
    const [port, brokerAdmin, edge, sidecarAdmin] = (await freePorts(4)).map(String);
    const broker = packages.start("exocom", [
      ...["serve", "--app", application()],
      ...["--port", `${port}`, "--admin-port", `${brokerAdmin}`],
    ]);
    await packages.untilOnline(Number(brokerAdmin));

    const sidecar = packages.start("exo-sidecar", [
      ...["--role", "web", "--broker", `127.0.0.1:${port}`],
      ...["--port", `${edge}`, "--admin-port", `${sidecarAdmin}`],
    ]);
    await packages.untilOnline(Number(sidecarAdmin));

    const printed = packages.run(`import { connect, service } from "@exosphere/sdk";
      const [broker, hello] = ["127.0.0.1:${port}", ({ payload }) => ({ name: "hello", payload: payload + "!" })];
      const playing = service("web", { hello }, { broker, signals: false });
      await playing.ready();
      const client = connect({ role: "web", broker });
      console.log((await client.request("hello", "Ada")).payload);
      await client.drain();
      await playing.drain();`);
    assert.equal(printed, "Ada!\n");

    sidecar.stop();
    assert.equal(await sidecar.ended, 0);
    broker.stop();
    assert.equal(await broker.ended, 0);
  });

  it("run a mock of ExoCom for a service in another language", async () => {
    const [port] = (await freePorts(1)) as [number];
    const folder = dirname(application());
    const args = ["--port", `${port}`, "--role", "web", "--application", join(folder, "application.yml")];
    const mock = packages.start("exo", ["mock", ...args]);
    await untilReady(port, "/mock/unexpected");
    mock.stop();
    assert.equal(await mock.ended, 0);
  });

  it("run the all-in-one, which answers signals itself", async () => {
    const [port, admin] = (await freePorts(2)).map(String);
    const exocom = packages.start("exocom", [
      ...["--app", application()],
      ...["--port", `${port}`, "--admin-port", `${admin}`],
    ]);
    await packages.untilOnline(Number(admin));
    exocom.stop();
    assert.equal(await exocom.ended, 0);
  });
});

describe("the packed SDK by itself, as a service that runs has it", function () {
  this.timeout(180_000);
  const packages = new InstalledPackages();

  before("pack and install", async function () {
    await installOrSkip(this, packages, ["proto", "runtime/frames", "runtime/message", "runtime/link", "sdk"]);
  });
  after(() => packages.remove());

  it("loads without a broker, which only its tests need", () => {
    assert.equal(existsSync(packages.fileOf("@exosphere/broker", "package.json")), false);
    assert.equal(packages.run('console.log(typeof (await import("@exosphere/sdk")).service)'), "function\n");
  });

  it("type-checks strictly, its own declarations included", () => {
    const { folder } = packages;
    const program = `import { connect, service } from "@exosphere/sdk";
      const playing = service("greeter", { greet: ({ payload }) => ({ name: "greeted", payload }) });
      for await (const { name } of connect({ role: "web" }).requestMany("greet")) console.log(name satisfies string);
      await playing.drain();`;
    writeFileSync(join(folder, "greeter.mts"), program);
    const compilerOptions = {
      ...{ strict: true, noEmit: true, skipLibCheck: false, module: "nodenext", target: "es2024", lib: ["es2024"] },
      ...{ types: ["node"], typeRoots: [join(root, "node_modules/@types")] },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["greeter.mts"] }));
    const compiler = [installed("typescript/bin/tsc"), "-p", folder];
    const { status, stdout } = spawnSync(process.execPath, compiler, { encoding: "utf8" });
    assert.equal(status, 0, stdout);
  });

  it("adds little to a bundle that uses its errors alone", async () => {
    for (const entry of ["@exosphere/sdk", "@exosphere/sdk/errors"]) {
      const input = join(packages.folder, "errors.mjs");
      writeFileSync(
        input,
        `import { ExoError } from "${entry}"; console.log(new ExoError("NO_INSTANCE", "").statusCode);`,
      );
      const bundle = await rolldown({ input, platform: "node" });
      const { output } = await bundle.generate({ format: "esm" });
      await bundle.close();
      // The catalogue of errors is 1.5 kB of it.
      assert.ok(output[0].code.length < 8_000, `${entry}: ${output[0].code.length} characters`);
      assert.equal(packages.run(output[0].code), "503\n");
    }
  });

  it("attaches over TCP from a bundle that contains grpc-js", async () => {
    const [port] = await freePorts(1);
    const input = join(packages.folder, "attach.mjs");
    writeFileSync(
      input,
      `import "@exosphere/sdk/grpc";
      import { connect } from "@exosphere/sdk";
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      const client = connect({ role: "web", broker: "127.0.0.1:${port}", log });
      client.onStatus(({ kind, error }) => {
        if (kind !== "detached" || !error) return;
        console.log(error.detail);
        client.close();
      });`,
    );
    const bundle = await rolldown({ input, platform: "node" });
    const { output } = await bundle.generate({ format: "esm" });
    await bundle.close();
    assert.doesNotMatch(output[0].code, /from "@grpc/);
    assert.match(packages.run(output[0].code), /nothing listens there \(ECONNREFUSED\)/);
  });

  it("says what to install for a test of a service", () => {
    const printed = packages.run(`import { createTestBus } from "@exosphere/sdk/testing";
      try { createTestBus({ routes: {} }); } catch (error) { console.log(error.message); }`);
    assert.match(printed, /npm install --save-dev @exosphere\/broker\n$/);
  });
});

async function installOrSkip(
  test: Mocha.Context,
  packages: InstalledPackages,
  workspaces?: readonly string[],
): Promise<void> {
  try {
    await packages.install(workspaces);
  } catch (error) {
    if (!(error instanceof NpmError && error.isOffline)) throw error;
    console.log("      skipped: needs npm's registry, or its cache filled by an earlier run");
    test.skip();
  }
}

function publishedManifestOf(workspace: string): PublishedManifest {
  return JSON.parse(readFileSync(join(buildFolder, workspace, "package.json"), "utf8")) as PublishedManifest;
}

/** An application whose only role has no folder, and so needs no second file. */
function writeApplication(folder: string): string {
  const file = join(folder, "app", "application.yml");
  mkdirSync(join(folder, "app"));
  writeFileSync(
    file,
    "name: packed\nservices:\n  web: { docker-image: web, messages: { sends: [hello], receives: [hello] } }\n",
  );
  return file;
}
