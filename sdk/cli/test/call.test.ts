import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts, SupervisedProcess } from "@exosphere/process";
import type { RunRecord } from "../src/run/run-record.ts";
import { exo } from "./exo-command.fixture.ts";
import { ExoRun } from "./exo-run.fixture.ts";

const example = fileURLToPath(new URL("fixtures/echo-app", import.meta.url));

const exocom = fileURLToPath(import.meta.resolve("@exosphere/exocom/bin"));

/** Beyond what a number of JavaScript holds. */
const exact = '{"id":12345678901234567890}';

/** Replies with the bytes of the payload that it gets. */
const exactServer = `
  import { createServer } from "node:http";
  import { text } from "node:stream/consumers";
  createServer(async (request, response) => {
    const [, payload] = /"payload":(.*?),"id":/.exec(await text(request));
    response.end('{"reply":{"name":"said","payload":' + payload + "}}");
  }).listen(process.env.EXORELAY_PORT, "127.0.0.1", () => console.log(process.env.ROLE + " online"));
`;

describe("exo send and exo request", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "exo-call-"));
  let run: ExoRun;
  let record: RunRecord;

  before(async () => {
    cpSync(example, folder, { recursive: true });
    writeFileSync(join(folder, "server.js"), exactServer);
    run = new ExoRun([folder], { EXO_RUN_FILE: "true" });
    await run.ready();
    record = JSON.parse(readFileSync(join(folder, ".exosphere/run.json"), "utf8")) as RunRecord;
  });
  after(async () => {
    await run.end("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  });

  const sidecarOf = (role: string) =>
    record.services.find((each) => each.role === role)?.sidecarUrl ?? assert.fail(role);
  const inside = (args: readonly string[], input?: string) =>
    exo(args, { cwd: join(folder, "echo"), ...(input !== undefined && { input }) });

  it("find the role that sends, and print the reply byte for byte", async () => {
    const { code, stdout, stderr } = await inside(["request", "say", exact, "--activity", "a-1"]);
    assert.deepEqual([code, stdout, stderr], [0, `said, in activity a-1\n${exact}\n`, ""]);
  });

  it("print ids, for people and for programs", async () => {
    const { stdout } = await inside(["send", "say", "--message-id", "m-1", "--activity", "a-2"]);
    assert.equal(stdout, "say is accepted: id m-1, activity a-2\n");
    const { stdout: line } = await inside(["send", "say", "--message-id", "m-1", "--activity", "a-2", "--json"]);
    assert.deepEqual(JSON.parse(line), { id: "m-1", activityId: "a-2" });
  });

  it("take the payload from a file and from stdin", async () => {
    const file = join(folder, "payload.json");
    writeFileSync(file, exact);
    const answers = [
      await inside(["request", "say", "--file", file, "--json"]),
      await inside(["request", "say", "-", "--json"], exact),
    ];
    for (const { code, stdout } of answers) {
      assert.equal(code, 0);
      assert.ok(stdout.includes(`"payload":${exact}`), stdout);
    }
  });

  it("take a sidecar by its URL, from anywhere", async () => {
    const { code, stdout } = await exo(["request", "say", '"x"', "--url", sidecarOf("asker"), "--auth", '{"user":1}']);
    assert.deepEqual([code, stdout.split("\n")[1]], [0, '"x"']);
  });

  it("take an all-in-one by its URL, and say as which role where several may send", async () => {
    const [port = 0] = await freePorts(1);
    const routes = { web: { sends: ["ask", "tell"] }, admin: { sends: ["ask"] }, users: { receives: ["ask", "tell"] } };
    const command = [process.execPath, "--no-warnings", exocom, `--port=${port}`];
    const online = Promise.withResolvers<void>();
    const allInOne = new SupervisedProcess({
      command,
      env: { PATH: process.env.PATH, SERVICE_DATA: JSON.stringify(routes) },
      restart: false,
      onlineText: "online at port",
      onEvent: ({ kind }) => {
        if (kind === "online") online.resolve();
        else if (kind === "exited" || kind === "failed") online.reject(new Error("exocom has ended"));
      },
    });
    allInOne.start();
    try {
      await online.promise;
      const at = ["--url", `http://127.0.0.1:${port}`];
      assert.equal((await exo(["send", "tell", ...at])).code, 0);
      assert.equal((await exo(["send", "ask", ...at, "--role", "admin"])).code, 0);
      const { code, stderr } = await exo(["send", "ask", ...at]);
      assert.deepEqual([code, stderr], [1, "exo send: 'ask' is sent by admin, web: say by --role which of them\n"]);
    } finally {
      await allInOne.stop(5_000);
    }
  });

  it("say in one line what the bus refuses, and what to do", async () => {
    const { code, stdout, stderr } = await inside(["request", "say", "1", "--role", "echo"]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^exo request: NOT_ALLOWED: .*say.*\n$/);
  });

  it("say which role could send, and what was meant", async () => {
    assert.match(
      (await inside(["send", "says"])).stderr,
      /^exo send: no role that runs sends 'says' \(did you mean say\?\)/,
    );
    assert.match(
      (await inside(["send", "say", "--role", "asked"])).stderr,
      /did you mean asker\?\); there are: asker, echo\n$/,
    );
    const { code, stderr } = await inside(["send", "say", "--url", sidecarOf("asker"), "--role", "echo"]);
    assert.equal(code, 1);
    assert.match(stderr, /is that of role 'asker', not of 'echo': leave --role out\n$/);
  });

  it("refuse what is no JSON, before anything is sent", async () => {
    const { code, stderr } = await inside(["send", "say", "{name: Ada}"]);
    assert.equal(code, 64);
    assert.match(stderr, /^exo send: the payload is no JSON: .*quote it for the shell: .*\n$/);
    assert.match((await inside(["send", "say", "-"], "")).stderr, /stdin is no JSON/);
    assert.match((await inside(["send", "say", "--auth", "Ada"])).stderr, /--auth is no JSON/);
    assert.match((await inside(["send"])).stderr, /which message is missing/);
  });

  it("say so where nothing runs, and where nothing answers", async () => {
    const nowhere = await exo(["send", "say"], { cwd: tmpdir() });
    assert.deepEqual([nowhere.code, nowhere.stderr.split("\n").length], [1, 2]);
    assert.match(nowhere.stderr, /no application runs in this folder: start it with 'exo run'/);
    const closed = await exo(["request", "say", "--url", "http://127.0.0.1:9"]);
    assert.equal(closed.code, 1);
    assert.match(closed.stderr, /nothing answers at http:\/\/127\.0\.0\.1:9 \(ECONNREFUSED\): start what should/);
  });
});
