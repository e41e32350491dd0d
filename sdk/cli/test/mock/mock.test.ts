import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "@exosphere/process";
import { ExoRun } from "../exo-run.fixture.ts";
import { MockProcess, type Told } from "./mock-process.fixture.ts";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const hasPython = spawnSync("python3", ["-c", "import struct"]).status === 0;
const python = `${hasPython ? "" : " (not on this machine: apt-get install python3)"}`;
const withPython = hasPython ? it : it.skip;

describe("exo mock", function () {
  this.timeout(60_000);
  let folder: string;
  let mock: MockProcess | undefined;
  let service: ChildProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "exo-mock-"));
    await writeFile(
      join(folder, "service.yml"),
      "messages: { receives: [greet, name.found], sends: [greeted, name.find] }",
    );
  });
  afterEach(async () => {
    if (service?.exitCode === null) {
      service.kill("SIGKILL");
      await once(service, "exit");
    }
    service = undefined;
    await mock?.end();
    mock = undefined;
    await rm(folder, { recursive: true });
  });

  const start = async (...args: readonly string[]) => {
    mock = await MockProcess.start("--role", "greeter", "--service", folder, ...args);
    return mock;
  };

  function startPython(file: string, env: Readonly<Record<string, string>>): void {
    service = spawn("python3", [join(repository, file)], {
      env: { ...process.env, ROLE: "greeter", ...env },
      stdio: ["ignore", "ignore", "inherit"],
    });
  }

  withPython(`tests a service on a WebSocket in Python${python}`, async () => {
    const exo = await start();
    startPython("e2e/kit/src/service.py", { EXOCOM_PORT: String(exo.port) });
    const [status, reply] = await exo.post("/mock/request", {
      name: "greet",
      payload: { name: "Zoë" },
    });
    assert.deepEqual([status, reply.name, reply.payload], [200, "greeted", { text: "Hello Zoë" }]);
    assert.deepEqual(await exo.post("/mock/assert"), [204, {}]);
  });

  withPython(`tests a service in Python that takes its messages by HTTP${python}`, async () => {
    const [port] = (await freePorts(1)) as [number];
    const exo = await start("--app", `http://127.0.0.1:${port}`);
    startPython("examples/languages/python/greeter.py", { EXORELAY_PORT: String(port) });
    const [status, reply] = await exo.post("/mock/request", { name: "greet", payload: { name: "Ada" } });
    assert.deepEqual([status, reply.name, (reply.payload as Told).text], [200, "greeted", "Hello, Ada!"]);
    // What it does not understand it says so of, and the mock keeps that.
    const [, failure] = await exo.post("/mock/request", { name: "greet", payload: 7 });
    assert.equal(failure.reason, "HANDLER_FAILED");
    assert.match(String(failure.detail), /^The app answered 400\. It said: .*the payload has to be like/);
    const [status409, { detail = "" }] = await exo.post("/mock/assert");
    assert.equal(status409, 409);
    assert.match(detail, /'greet' ended as dead at 'greeter'/);
    assert.deepEqual(await exo.post("/mock/reset"), [204, {}]);
    assert.deepEqual(await exo.post("/mock/assert"), [204, {}]);
  });

  describe("tells a service that sends over HTTP, as curl does", () => {
    const sendAs = (exo: MockProcess, how: string, name: string, payload: unknown) =>
      exo.post(`/v1/${how}/${name}`, payload);

    it("what it mocks, for as often as it was told, or at once that it fails", async () => {
      const exo = await start();
      await exo.post("/mock/replies", { name: "name.find", reply: { name: "name.found", payload: 1 } });
      await exo.post("/mock/replies", { name: "name.find", fails: "no such name", times: 1 });
      assert.equal((await sendAs(exo, "request", "name.find", 1))[1].reason, "HANDLER_FAILED");
      assert.equal((await sendAs(exo, "request", "name.find", 1))[1].payload, 1);
      await exo.post("/mock/replies", { name: "name.find", hangs: true });
      const headers = { "exo-deadline": "500ms" };
      const url = `http://127.0.0.1:${exo.port}/v1/request/name.find`;
      assert.equal((await fetch(url, { method: "POST", headers })).status, 504);
    });

    it("and waits for, lists, and misses what it says", async () => {
      const exo = await start();
      const waiting = exo.post("/mock/wait", { name: "greeted" });
      await sendAs(exo, "send", "greeted", { n: 1 });
      assert.deepEqual((await waiting)[1].payload, { n: 1 });
      await sendAs(exo, "send", "greeted", { n: 2 });
      const { messages } = (await exo.get("/mock/messages")) as unknown as { messages: Told[] };
      assert.deepEqual(
        messages.map(({ role, name, payload }) => [role, name, payload]),
        [
          ["greeter", "greeted", { n: 1 }],
          ["greeter", "greeted", { n: 2 }],
        ],
      );
      const [status, { detail = "" }] = await exo.post("/mock/assert");
      assert.equal(status, 409);
      assert.match(detail, /'greeter' sent 'greeted' {"n":2}.*POST \/mock\/wait {"role":"test","name":"greeted"}/s);
      await exo.post("/mock/ignores", { names: ["greeted"] });
      assert.deepEqual(await exo.get("/mock/unexpected"), { unexpected: [] });
      const [late, problem] = await exo.post("/mock/wait", { name: "name.find", withinMs: 20 });
      assert.equal(late, 504);
      assert.match(problem.detail ?? "", /No 'name.find' came to role 'test' within 20 ms. What came:/);
    });

    it("and notes what it may not send", async () => {
      const exo = await start();
      const url = `http://127.0.0.1:${exo.port}/v1/send/password.leak`;
      assert.equal((await fetch(url, { method: "POST", headers: { "exo-role": "greeter" } })).status, 403);
      const { unexpected } = (await exo.get("/mock/unexpected")) as unknown as { unexpected: Told[] };
      assert.deepEqual(
        unexpected.map(({ kind, role, name, reason }) => [kind, role, name, reason]),
        [["refused", "greeter", "password.leak", "NOT_ALLOWED"]],
      );
    });
  });

  it("refuses what it cannot make sense of, and says what would be right", async () => {
    const exo = await start();
    const detailOf = async (path: string, body: unknown) => {
      const [status, { detail = "" }] = await exo.post(path, body);
      assert.equal(status, 400, `${path} ${JSON.stringify(body)}`);
      return detail;
    };
    assert.match(await detailOf("/mock/send", "{"), /must be a JSON object/);
    assert.match(await detailOf("/mock/send", "[]"), /must be a JSON object/);
    assert.match(await detailOf("/mock/send", {}), /needs a member 'name'/);
    assert.match(await detailOf("/mock/send", { name: "greet", playload: 1 }), /no member 'playload' here, but name/);
    assert.match(await detailOf("/mock/send", { name: "greet", role: "greeter" }), /that of the service under test/);
    assert.match(await detailOf("/mock/wait", { name: "nobody" }), /does not receive 'nobody'.*'greeted', 'name.find'/);
    assert.match(await detailOf("/mock/wait", { name: "greeted", withinMs: "1s" }), /'withinMs' must be a number/);
    assert.match(await detailOf("/mock/replies", { name: "name.find" }), /one of 'reply', 'replies', 'fails'/);
    assert.match(await detailOf("/mock/replies", { name: "name.find", reply: "x" }), /an object with a name/);
    assert.match(await detailOf("/mock/replies", { name: "name.find", hangs: true, fails: true }), /Say one of/);
    assert.match(await detailOf("/mock/replies", { name: "name.find", hangs: false }), /'hangs' must be true/);
    assert.match(await detailOf("/mock/replies", { name: "name.find", fails: 500 }), /'fails' must be true, or/);
  });

  it("finds the role that a message is of in the routes of an application", async () => {
    await writeFile(
      join(folder, "routes.json"),
      JSON.stringify({
        web: { sends: ["greet"], receives: ["greeted"] },
        bot: { sends: ["greet"], receives: [] },
        greeter: { sends: ["greeted"], receives: ["greet"] },
      }),
    );
    mock = await MockProcess.start("--role", "greeter", "--routes", join(folder, "routes.json"));
    const [, { detail = "" }] = await mock.post("/mock/send", { name: "greet" });
    assert.match(detail, /Say by 'role' which role sends 'greet': web, bot does/);
    assert.equal((await mock.post("/mock/send", { role: "web", name: "greet" }))[0], 202);
    await mock.post("/v1/send/greeted", 1);
    assert.equal((await mock.post("/mock/wait", { name: "greeted" }))[1].payload, 1);
  });

  it("lets no web page in", async () => {
    const exo = await start();
    const headers = { origin: "https://example.com" };
    assert.equal((await fetch(`http://127.0.0.1:${exo.port}/mock/reset`, { method: "POST", headers })).status, 403);
  });

  it("ends with 64 at mistakes in its settings, all at once, and with 0 when it is told to end", async () => {
    await writeFile(join(folder, "broken.yml"), "messages: { receives: 5 }\nmessage: {}\n");
    const cases: [readonly string[], readonly RegExp[]][] = [
      [[], [/no routes are given: give one of --service/]],
      [["--service", folder], [/--service needs --role/]],
      [
        ["--role", "x", "--service", join(folder, "broken.yml")],
        [/broken.yml:1:/, /broken.yml:2:/],
      ],
      [["--role", "x", "--service", folder, "--prot", "1"], [/--prot.*--port/]],
    ];
    for (const [args, texts] of cases) {
      const exo = new ExoRun(args, {}, "mock");
      assert.equal(await exo.exited(), 64, exo.output);
      for (const text of texts) assert.match(exo.output, text);
    }
    const exo = await start();
    assert.equal(await exo.end(), 0);
    mock = undefined;
  });
});
