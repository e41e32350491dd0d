import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePorts } from "@exosphere/process";
import { holdPort, ProcessUnderTest } from "@exosphere/testkit";

const entry = new URL("../src/bin.ts", import.meta.url);

describe("The settings of exocom serve", () => {
  let folder: string;
  const started: ProcessUnderTest[] = [];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-broker-"));
  });
  afterEach(() => Promise.all(started.splice(0).map((broker) => broker.stop())));
  after(() => rmSync(folder, { recursive: true }));

  const run = (args: readonly string[], env?: Record<string, string>) => {
    const broker = new ProcessUnderTest({ entry, args, ...(env && { env }) });
    started.push(broker);
    return broker;
  };
  const serve = (args: readonly string[], env?: Record<string, string>) => {
    const anyPorts = ["--port", "0", "--admin-port", "0"];
    return run(["serve", ...args, ...(args.includes("--port") ? [] : anyPorts)], env).failure();
  };
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };

  it("are reported with all their mistakes together, with exit code 64, before a port is bound", async () => {
    const [port] = (await freePorts(1)) as [number];
    const letGo = await holdPort(port);
    const tokens = file("tokens.yml", "");
    const empty = file("empty", " ");
    const { code, text } = await serve(
      [
        ...["--port", String(port), "--max-paylod", "1", "--routes", "/no/such/file", "--default-deadline", "soon"],
        ...["--attach-tokens", tokens, "--admin-token-file", empty],
      ],
      { EXO_MAX_QUEUE_BYTES: "1", EXO_ADMIN_PORT: "http" },
    );
    await letGo();
    assert.equal(code, 64);
    assert.doesNotMatch(text, /no routes/);
    for (const part of [
      "Unknown flag --max-paylod (did you mean --max-payload?)",
      "--routes: '/no/such/file'",
      "--default-deadline: 'soon'",
      "EXO_MAX_QUEUE_BYTES: '1'",
      "EXO_ADMIN_PORT: 'http'",
      `--attach-tokens: ${tokens} has no tokens`,
      `--admin-token-file: ${empty} is empty`,
    ]) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    assert.doesNotMatch(text, /in use/);
  });

  it("need routes, from exactly one place", async () => {
    const none = await serve([]);
    assert.equal(none.code, 64);
    assert.match(
      none.text,
      /no routes are given: give one of --app application\.yml, --routes FILE or .* SERVICE_DATA/,
    );
    const earlier = await serve([], { SERVICE_ROUTES: "[]" });
    assert.match(
      earlier.text,
      /SERVICE_ROUTES, the list of 2017, is not read any more: give its roles as SERVICE_DATA/,
    );
    const several = await serve(["--routes", file("routes.json", "{}")], { SERVICE_DATA: "{}" });
    assert.equal(several.code, 64);
    assert.match(several.text, /--routes and SERVICE_DATA are given/);
  });

  it("that contradict each other, or lead to nothing, are reported with what is wrong with a flag", async () => {
    const none = await serve(["--max-queue-messages", "0", "--port", "4100", "--admin-port", "4100"]);
    assert.equal(none.code, 64);
    for (const part of [
      "--max-queue-messages: '0'",
      "no routes are given",
      "--port and --admin-port are both 4100: choose another for one of them",
    ]) {
      assert.ok(none.text.includes(part), `${part} in ${none.text}`);
    }
    const large = await serve(["--max-payload", "32MiB"], { SERVICE_DATA: '{"web":{}}' });
    assert.equal(large.code, 64);
    assert.match(large.text, /--max-unread-bytes is 16MiB, less than --max-payload \(32MiB\) allows one message/);
    const several = await serve(["--max-held-bytes", "1", "--routes", file("broken.json", '{"web":{"sneds":[]}}')], {
      SERVICE_DATA: "{",
    });
    assert.equal(several.code, 64);
    for (const part of [
      "--max-held-bytes: '1'",
      "--routes and SERVICE_DATA are given",
      "'web.sneds'",
      "SERVICE_DATA:",
    ]) {
      assert.ok(several.text.includes(part), `${part} in ${several.text}`);
    }
  });

  it("name file, line and key of what is wrong in application.yml and in service.yml", async () => {
    const path = file(
      "app/application.yml",
      "name: test\nservcies: {}\nservices:\n  web:\n    location: ./web\n    colour: red\n",
    );
    file("app/web/service.yml", "type: private\nmessages:\n  receives:\n    - a\n  snds: []\n");
    const { code, text } = await serve(["--app", path]);
    assert.equal(code, 64);
    assert.match(text, /app\/application\.yml:2:1: key 'servcies'.*did you mean services\?/);
    assert.match(text, /app\/application\.yml:6:5: key '.*colour'/);
    assert.match(text, /app\/web\/service\.yml:5:3: key '.*snds'.*did you mean sends\?/);
  });

  it("name what is wrong in routes that are JSON", async () => {
    for (const [json, part] of [
      ["{", "is not valid JSON"],
      ["[]", "SERVICE_DATA:1:1"],
      ['{"web":{"sneds":[]}}', "key 'web.sneds'"],
      ['{"web":{"sends":"x"}}', "key 'web.sends'"],
      ['{"web":{"sends":["a\\u0000b"]}}', "control character"],
      [`{"web":{"receives":["${"x".repeat(256)}"]}}`, "255 bytes"],
    ] as const) {
      const { code, text } = await serve([], { SERVICE_DATA: json });
      assert.equal(code, 64, json);
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
  }).timeout(30_000);

  it("refuse token files that protect nothing", async () => {
    const routes = { SERVICE_DATA: "{}" };
    for (const [flag, content, part] of [
      ["--attach-tokens", "", "has no tokens"],
      ["--attach-tokens", "web", "has no tokens"],
      ["--attach-tokens", "- web", "has no tokens"],
      ["--attach-tokens", "web: ''\nusers: 12345\n", "has no usable token for web, users"],
      ["--attach-tokens", "web: [", "is not YAML or JSON"],
      ["--admin-token-file", " \n", "is empty"],
    ] as const) {
      const { code, text } = await serve([flag, file("tokens", content)], routes);
      assert.equal(code, 64, content);
      assert.ok(text.includes(`${flag}: `) && text.includes(part), `${part} in ${text}`);
    }
  }).timeout(30_000);

  it("name the port that is taken and its flag, with exit code 1", async () => {
    const [taken, free] = (await freePorts(2)) as [number, number];
    const letGo = await holdPort(taken);
    const ports = (port: number, adminPort: number) => ["--port", String(port), "--admin-port", String(adminPort)];
    for (const [args, flag] of [
      [ports(taken, free), "--port"],
      [ports(free, taken), "--admin-port"],
    ] as const) {
      const { code, text } = await serve(args, { SERVICE_DATA: "{}" });
      assert.equal(code, 1);
      assert.match(
        text,
        new RegExp(`^exocom serve: port ${taken} on 127\\.0\\.0\\.1 .*already in use.* with ${flag}$`),
      );
    }
    await letGo();
  });

  it("come with --help and --version", async () => {
    for (const [args, pattern] of [
      [["--help"], /Usage: exocom serve/],
      [["serve", "--help"], /--max-queue-messages/],
      [["--version"], /^\d+\.\d+\.\d+$/m],
      [["serve", "--version"], /^\d+\.\d+\.\d+$/m],
    ] as const) {
      const broker = run(args);
      assert.equal((await broker.exited).code, 0);
      assert.match(broker.stdout.join("\n"), pattern);
    }
  });
});
