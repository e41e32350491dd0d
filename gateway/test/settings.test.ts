import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings, SettingsError } from "@exosphere/settings";
import { checkGateway } from "../src/check-settings.ts";
import { gatewaySettings } from "../src/index.ts";

describe("the settings of exo-gateway", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-gateway-settings-"));
  });

  after(() => rmSync(folder, { recursive: true }));

  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const mistakesOf = (argv: readonly string[]) => {
    try {
      loadSettings({
        command: "exo-gateway",
        about: "",
        version: "0",
        settings: gatewaySettings,
        check: checkGateway,
        argv,
        env: {},
      });
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      return error.mistakes.map((mistake) => mistake.replaceAll(`${folder}/`, ""));
    }
    return [];
  };
  const rules = () => file("rules.json", '{"role":"clients","clients":{}}');

  it("are fine with rules alone", () => assert.deepEqual(mistakesOf(["--rules", rules()]), []));

  it("need to say who may do what, once, and for which role", () => {
    const needed = ["--app or --rules is required, one of them: it says which clients may do what"];
    assert.deepEqual(mistakesOf([]), needed);
    const application = file("application.yml", "name: x\n");
    assert.deepEqual(mistakesOf(["--app", application, "--rules", rules()]), needed);
    assert.match(mistakesOf(["--app", application]).join(), /has no section 'gateway'/);
    assert.match(mistakesOf(["--rules", rules(), "--role", "other"]).join(), /--role is 'other', but --rules says/);
    assert.match(mistakesOf(["--rules", file("no-role.json", '{"clients":{}}')]).join(), /--role is required/);
    assert.match(mistakesOf(["--rules", file("odd.json", '{"clints":{}}')]).join(), /clints.*did you mean clients/);
  });

  it("are reported together when they are wrong", () => {
    const secret = file("short", "too short");
    const mistakes = mistakesOf([
      ...["--rules", rules(), "--jwt-secret-file", secret, "--jwt-algorithms", "HS256,RS256,none"],
      ...["--trusted-proxies", "10.0.0.0/33", "--allow-origins", "example.org", "--port", "4301"],
      ...["--state", join(folder, "missing", "file")],
    ]);
    assert.deepEqual(mistakes, [
      "--trusted-proxies: '10.0.0.0/33' is no address or network, such as 10.0.0.0/8",
      "--jwt-algorithms: 'none' is not one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519",
      "--jwt-issuer is required with keys for tokens",
      "--jwt-audience is required with keys for tokens",
      "--jwt-algorithms has one with a public key, but none of --jwt-public-key-file, --jwt-jwks-file and --jwt-jwks-url is given",
      "--jwt-secret-file: short must hold a secret of at least 32 bytes",
      "--allow-origins: 'example.org' is no origin, such as https://example.org or http://localhost:3000",
      "--state: the folder missing does not exist",
      "--port and --admin-port are both 4301: choose another for one of them",
    ]);
  });

  it("take no key of session tokens that can be guessed", () => {
    for (const key of ["", "too short"])
      assert.match(
        mistakesOf(["--rules", rules(), "--session-key-file", file("key", key)]).join(),
        /^--session-key-file: .* must hold a key of at least 32 bytes/,
      );
  });

  it("take keys of tokens that are what they say", () => {
    const ofJwt = ["--jwt-algorithms", "ES256", "--jwt-issuer", "i", "--jwt-audience", "a", "--rules", rules()];
    const cases: [string, string, RegExp][] = [
      ["--jwt-public-key-file", "-----BEGIN PRIVATE KEY-----", /is not a PEM file with a PUBLIC KEY/],
      ["--jwt-jwks-file", "{", /is not a JSON Web Key Set/],
      ["--jwt-jwks-file", '{"keys":[{"kty":"oct","k":"x"}]}', /has a secret or private key/],
    ];
    for (const [setting, content, expected] of cases)
      assert.match(mistakesOf([...ofJwt, setting, file("key", content)]).join(), expected);
    const both = ["--jwt-jwks-url", "http://x", "--jwt-public-key-file", file("key", "-----BEGIN PUBLIC KEY-----")];
    assert.match(mistakesOf([...ofJwt, ...both]).join(), /give one of them/);
  });
});
