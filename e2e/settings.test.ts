import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@exosphere/process";
import { holdPort, ProcessUnderTest } from "@exosphere/testkit";
import { Mesh } from "@exosphere/testkit/mesh";
import { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const entry = new URL("../sidecar/src/bin.ts", import.meta.url);

describe("The settings of exo-sidecar", () => {
  const mesh = new Mesh();
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-sidecar-"));
  });
  afterEach(() => mesh.stop());
  after(() => rmSync(folder, { recursive: true }));

  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    mesh.keep(new ProcessUnderTest({ entry, args, env }));

  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it("are reported with all their mistakes together, with exit code 64, before a port is bound", async () => {
    const [port] = (await freePorts(1)) as [number];
    const letGo = await holdPort(port);
    const config = file("exo.yml", "concurency: 5\nmax-payload: huge\n");
    const { code, text } = await run(
      [
        ...[
          "--port",
          String(port),
          "--ap",
          "http://x",
          "--broker",
          "nowhere",
          "--concurrency",
          "0",
          "--config",
          config,
        ],
        ...["--attach-token-file", file("empty", ""), "--socket", config],
      ],
      { EXO_GRACE: "5", EXO_ADMIN_PORT: "99999" },
    ).failure();
    await letGo();
    assert.equal(code, 64);
    for (const part of [
      "Unknown flag --ap (did you mean --app?)",
      "--role is required: give the flag or set EXO_ROLE or ROLE",
      "--broker: 'nowhere'",
      "--concurrency: '0'",
      "EXO_GRACE: '5'",
      "EXO_ADMIN_PORT: '99999'",
      "exo.yml line 1, concurency: there is no such setting (did you mean concurrency?)",
      "exo.yml line 2, max-payload: 'huge'",
      "--attach-token-file: ",
      "exo.yml' exists and is no socket",
    ]) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    assert.doesNotMatch(text, /in use/);
  });

  it("are refused with 64 where what one allows does not fit in another", async () => {
    const { code, text } = await run(["--role", "web", "--max-payload", "32MiB"]).failure();
    assert.equal(code, 64);
    for (const limit of ["--max-outbox-bytes", "--max-unread-bytes"])
      assert.ok(text.includes(`${limit} is 16MiB, less than --max-payload (32MiB) allows one message`), text);
  });

  it("are refused with 64 where a token file is empty: no token would then be the right one", async () => {
    const empty = file("empty", " \n");
    const args = ["--role", "web", "--port", "0", "--admin-port", "0"];
    for (const flag of ["--admin-token-file", "--attach-token-file"]) {
      const { code, text } = await run([...args, flag, empty]).failure();
      assert.deepEqual([code, text.includes(`${flag}: `) && text.includes("is empty")], [64, true], text);
    }
  });

  it("are refused where the app's URL has what deliveries would go without, and no password is repeated", async () => {
    for (const url of ["http://me:secret@127.0.0.1:3000", "http://127.0.0.1:3000/?tenant=secret"]) {
      const { code, text } = await run(["--role", "web", "--port", "0", "--admin-port", "0", "--app", url]).failure();
      assert.deepEqual([code, text.includes("--app: deliveries carry no user")], [64, true], text);
      assert.doesNotMatch(text, /secret/);
    }
  });

  it("name the port that is taken and its flag, with exit code 1", async () => {
    const [taken, free] = (await freePorts(2)) as [number, number];
    const letGo = await holdPort(taken);
    const ports = (port: number, adminPort: number) => ["--port", String(port), "--admin-port", String(adminPort)];
    for (const [args, flag] of [
      [ports(taken, free), "--port"],
      [ports(free, taken), "--admin-port"],
    ] as const) {
      const { code, text } = await run(["--role", "web", ...args]).failure();
      assert.equal(code, 1);
      assert.equal(text, `exo-sidecar: port ${taken} on 127.0.0.1 is already in use: choose another with ${flag}`);
    }
    await letGo();
  });

  it("are explained by --help, with every flag and variable", async () => {
    const process = run(["--help"]);
    assert.equal((await process.exited).code, 0);
    const text = process.stdout.join("\n");
    for (const part of [
      "--role",
      "--app",
      "--broker",
      "--port",
      "--admin-port",
      "--concurrency",
      "EXO_MAX_PAYLOAD",
      "-- ",
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  it("come with --version", async () => {
    const process = run(["--version"]);
    assert.equal((await process.exited).code, 0);
    assert.match(process.stdout.join("\n"), /^\d+\.\d+\.\d+$/);
  });
});

describe("The admin port of exo-sidecar", () => {
  const mesh = new Mesh();
  let sidecar: SidecarProcess;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "exo-sidecar-"));
    writeFileSync(join(folder, "token"), "open-sesame\n");
    const args = ["--admin-token-file", join(folder, "token"), "--max-payload", "64KiB"];
    const env = { EXO_CONCURRENCY: "7" };
    sidecar = mesh.keep(await SidecarProcess.launch({ role: "web", broker: 1, args, env }));
  });
  after(async () => {
    await mesh.stop();
    rmSync(folder, { recursive: true });
  });

  const get = (path: string, token?: string) =>
    fetch(`${sidecar.admin}${path}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

  it("is open for health, and asks for its token for all else", async () => {
    assert.deepEqual([(await get("/livez")).status, (await get("/readyz")).status], [200, 503]);
    for (const path of ["/metrics", "/settings", "/log-level"]) {
      assert.deepEqual([(await get(path)).status, (await get(path, "wrong")).status], [401, 401], path);
      assert.equal((await get(path, "open-sesame")).status, 200, path);
    }
  });

  it("shows the effective settings and where they come from", async () => {
    const settings = (await (await get("/settings", "open-sesame")).json()) as Record<string, unknown>;
    assert.deepEqual(settings.role, { value: "web", from: "flag" });
    assert.deepEqual(settings.maxPayload, { value: 65_536, from: "flag" });
    assert.deepEqual(settings.concurrency, { value: 7, from: "environment" });
    assert.deepEqual(settings.host, { value: "127.0.0.1", from: "default" });
  });

  it("changes the level of the log while it runs", async () => {
    const headers = { authorization: "Bearer open-sesame" };
    const put = (body: string) => fetch(`${sidecar.admin}/log-level`, { method: "PUT", body, headers });
    assert.deepEqual(await (await put("debug")).json(), { level: "debug" });
    assert.deepEqual(await (await get("/log-level", "open-sesame")).json(), { level: "debug" });
    assert.equal((await put("loud")).status, 400);
  });
});
