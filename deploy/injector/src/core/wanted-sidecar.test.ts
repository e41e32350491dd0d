import assert from "node:assert/strict";
import { defaults, podOf } from "./pod.fixture.ts";
import { wantedSidecar } from "./wanted-sidecar.ts";

const wanted = (annotations: Readonly<Record<string, string>>, role = "users") =>
  wantedSidecar(role, podOf({}, annotations), defaults);

function mistakesOf(annotations: Readonly<Record<string, string>>, role = "users"): readonly string[] {
  const found = wanted(annotations, role);
  return "mistakes" in found ? found.mistakes : assert.fail("nothing was found wrong");
}

describe("the sidecar that a pod asks for", () => {
  it("is that of the settings, where the pod says nothing", () => {
    assert.deepEqual(wanted({}), { options: { role: "users", ...defaults, appHealth: undefined } });
  });

  it("is as its annotations say, and leaves the rest as it is", () => {
    const found = wanted({
      "exosphere.dev/image": "other.example:5000/exosphere@sha256:".concat("a".repeat(64)),
      "exosphere.dev/broker": "one:4100,two.shop.svc:4100,[fd00::1]:4100",
      "exosphere.dev/app-port": "8080",
      "exosphere.dev/app-health": "/health",
      "exosphere.dev/tokens-secret": "mine",
      "exosphere.dev/memory-limit": "1Gi",
      "exosphere.dev/cpu-limit": "0.5",
      "exosphere.dev/injected": "0.9.0",
      "other.dev/broker": "not ours",
    });
    assert.deepEqual("options" in found && found.options, {
      role: "users",
      image: `other.example:5000/exosphere@sha256:${"a".repeat(64)}`,
      broker: ["one:4100", "two.shop.svc:4100", "[fd00::1]:4100"],
      appPort: 8080,
      appHealth: "/health",
      tokensSecret: "mine",
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "1Gi", cpu: "0.5" } },
    });
  });

  const wrong: readonly (readonly [name: string, value: string, said: RegExp])[] = [
    ["image", "exosphere", /has no version/],
    ["image", "exosphere:latest", /has the tag 'latest'/],
    ["image", "Not An Image:1", /is not an image/],
    ["broker", "broker", /is not HOST:PORT/],
    ["broker", "broker:0", /is not HOST:PORT/],
    ["broker", "broker:70000", /is not HOST:PORT/],
    ["broker", "a:1,,b:1", /is not HOST:PORT/],
    ["app-port", "0", /is not a port/],
    ["app-port", "1e3", /is not a port/],
    ["app-port", "4201", /is a port of the sidecar/],
    ["app-health", "health", /is not a path/],
    ["app-health", "/a b", /is not a path/],
    ["tokens-secret", "My_Secret", /is not the name of a Secret/],
    ["cpu-request", "lots", /is not an amount/],
    ["memory-limit", "0", /is not an amount/],
    ["broker-address", "x:1", /not known; there are exosphere\.dev\/image, /],
  ];
  for (const [name, value, said] of wrong) {
    it(`is refused for ${name} '${value}'`, () => {
      const mistakes = mistakesOf({ [`exosphere.dev/${name}`]: value });
      assert.equal(mistakes.length, 1);
      assert.match(mistakes[0] ?? "", said);
      assert.ok(mistakes[0]?.startsWith(`annotation exosphere.dev/${name}: `));
    });
  }

  it("is refused for a label without a role, and a long value is not repeated", () => {
    assert.match(mistakesOf({}, "")[0] ?? "", /^label exosphere\.dev\/role: '' is not a role/);
    const [mistake = ""] = mistakesOf({ "exosphere.dev/broker": "x".repeat(10_000) });
    assert.ok(mistake.length < 250, `${mistake.length} characters`);
  });
});
