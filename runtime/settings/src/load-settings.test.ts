import assert from "node:assert/strict";
import { setting } from "./declare-setting.ts";
import { type LoadedRun, loadSettings, type SettingsInput } from "./load-settings.ts";
import type { Settings } from "./setting.ts";
import { SettingsError } from "./settings-error.ts";

const settings = {
  port: setting.port({ help: "Where it listens", default: 4200, env: "PORT" }),
  maxPayload: setting.bytes({ help: "Largest payload", default: 1_048_576, min: 1 }),
  broker: setting.addresses({ help: "Brokers" }),
  token: setting.text({ help: "Token", secret: true }),
};

type Given = Partial<Pick<SettingsInput<Settings>, "argv" | "env">> & { readonly files?: Record<string, string> };

function load<S extends Settings>(declared: S, { argv = [], env = {}, files = {} }: Given = {}): LoadedRun<S> {
  const readFile = (path: string) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return text;
  };
  const loaded = loadSettings({
    command: "exo x",
    about: "X.",
    version: "1.2.3",
    settings: declared,
    argv,
    env,
    readFile,
  });
  assert.ok(loaded.kind === "run");
  return loaded;
}

function mistakesOf(declared: Settings, given: Given): readonly string[] {
  try {
    load(declared, given);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.mistakes;
  }
  return [];
}

describe("loading settings", () => {
  it("takes a setting by the name that it had in earlier versions, and says what it is called now", () => {
    const renamed = { adminTokenFile: setting.text({ help: "Token", formerly: "brokerTokenFile" }) };
    for (const [given, notice] of [
      [{ argv: ["--broker-token-file", "x"] }, "--broker-token-file is called --admin-token-file now"],
      [{ env: { EXO_BROKER_TOKEN_FILE: "x" } }, "EXO_BROKER_TOKEN_FILE is called EXO_ADMIN_TOKEN_FILE now"],
      [
        { argv: ["--config", "/c.yml"], files: { "/c.yml": "broker-token-file: x" } },
        "/c.yml line 1, broker-token-file is called admin-token-file now",
      ],
    ] as const) {
      const { config, notices } = load(renamed, given);
      assert.deepEqual([config.adminTokenFile, notices], ["x", [notice]]);
    }
    const { config, notices } = load(renamed, {
      argv: ["--admin-token-file", "y"],
      env: { EXO_BROKER_TOKEN_FILE: "x" },
    });
    assert.deepEqual([config.adminTokenFile, notices], ["y", []]);
  });

  it("takes the former flag of a setting alone where its variable means something else", () => {
    const renamed = { dashboardUrl: setting.text({ help: "Where", formerly: { flag: "dashboard" } }) };
    assert.equal(load(renamed, { argv: ["--dashboard=x"] }).config.dashboardUrl, "x");
    assert.equal(load(renamed, { env: { EXO_DASHBOARD: "true" } }).config.dashboardUrl, undefined);
  });

  it("has a default for what nobody gives", () => {
    const { config } = load(settings);
    assert.deepEqual(config, { port: 4200, maxPayload: 1_048_576, broker: undefined, token: undefined });
    assert.ok(Object.isFrozen(config));
  });

  it("lets flag beat variable beat file beat default", () => {
    const files = { "/exo.yml": "port: 1\nmax-payload: 1KiB\nbroker: [a:1, b:2]\n" };
    const env = { EXO_PORT: "2", EXO_MAX_PAYLOAD: "2KiB" };
    const { config, describe } = load(settings, { argv: ["--config", "/exo.yml", "--port=3"], env, files });
    assert.deepEqual(config, { port: 3, maxPayload: 2048, broker: ["a:1", "b:2"], token: undefined });
    assert.deepEqual(
      Object.values(describe()).map(({ from }) => from),
      ["flag", "environment", "file", "default"],
    );
  });

  it("finds the settings file by its variable too", () => {
    assert.equal(
      load(settings, { env: { EXO_CONFIG: "/x.json" }, files: { "/x.json": '{"port": 7}' } }).config.port,
      7,
    );
  });

  it("reads further variables of a setting after its own, and takes an empty one as absent", () => {
    assert.equal(load(settings, { env: { PORT: "80" } }).config.port, 80);
    assert.equal(load(settings, { env: { PORT: "80", EXO_PORT: "81" } }).config.port, 81);
    assert.equal(load(settings, { env: { PORT: "80", EXO_PORT: "" } }).config.port, 80);
    assert.equal(load(settings, { env: { EXO_SOMETHING: "else" } }).config.port, 4200);
  });

  it("never shows a secret, nor a password in a URL", () => {
    const declared = { ...settings, nats: setting.url({ help: "n", schemes: ["nats"] }) };
    const { config, describe } = load(declared, { env: { EXO_TOKEN: "s3cret", EXO_NATS: "nats://me:s3cret@h:1" } });
    assert.equal(config.token, "s3cret");
    assert.equal(describe().token?.value, "[redacted]");
    assert.equal(describe().nats?.value, "nats://me:[redacted]@h:1");
    assert.ok(!JSON.stringify(describe()).includes("s3cret"));
  });

  it("reports the mistakes of all places together, and says where each is", () => {
    const files = { "/exo.yml": "prot: 1\nmax-payload: much\nport: [1, 2]\n" };
    const given = { argv: ["--config=/exo.yml", "--colour"], env: { EXO_BROKER: "here" }, files };
    assert.deepEqual(mistakesOf(settings, given), [
      "Unknown flag --colour",
      "/exo.yml line 1, prot: there is no such setting (did you mean port?)",
      "/exo.yml line 3, port: takes a single value, not a list",
      "/exo.yml line 2, max-payload: 'much' is not a size such as 64KiB, 1MiB or 1000000 of at least 1",
      "EXO_BROKER: 'here' contains 'here', which is not HOST:PORT, such as 127.0.0.1:4100",
    ]);
  });

  it("reports a required setting that is missing, but not one whose value is wrong already", () => {
    const declared = { role: setting.text({ help: "r", required: true }) };
    assert.deepEqual(mistakesOf(declared, {}), ["--role is required: give the flag or set EXO_ROLE"]);
    assert.deepEqual(mistakesOf(declared, { argv: ["--role"] }), ["--role needs a value: a text"]);
    assert.equal(load(declared, { argv: ["--role", "users"] }).config.role, "users");
  });

  it("does not repeat a wrong secret", () => {
    const declared = { pin: setting.integer({ help: "p", secret: true, min: 1, max: 9 }) };
    assert.deepEqual(mistakesOf(declared, { env: { EXO_PIN: "s3cret" } }), [
      "EXO_PIN: its value is not a whole number from 1 to 9",
    ]);
  });

  it("reports a settings file that is not there", () => {
    assert.deepEqual(mistakesOf(settings, { argv: ["--config", "/none.yml"] }), [
      "--config: '/none.yml' cannot be read: there is none",
    ]);
  });

  it("starts relative paths in a settings file at its folder", () => {
    const declared = { routes: setting.file({ help: "r" }) };
    const files = { "/etc/exo/exo.yml": "routes: routes.json\n", "/etc/exo/routes.json": "{}" };
    assert.equal(
      load(declared, { argv: ["--config", "/etc/exo/exo.yml"], files }).config.routes,
      "/etc/exo/routes.json",
    );
  });

  it("prints the version, or the help, whatever else is wrong", () => {
    const input = { command: "exo x", about: "X.", version: "1.2.3", settings, env: {} };
    assert.deepEqual(loadSettings({ ...input, argv: ["--prot", "--version"] }), { kind: "print", text: "1.2.3\n" });
    const help = loadSettings({ ...input, argv: ["--prot", "--help"] });
    assert.ok(help.kind === "print" && help.text.includes("--max-payload BYTES"));
  });
});
