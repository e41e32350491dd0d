import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { DeployedFolder } from "../application.fixture.ts";
import { systemdTarget } from "./systemd-target.ts";
import { assignment, commandWord, literalText } from "./unit-text.ts";

const files = {
  "application.yml": `
    name: A shop with a name that is rather long, and 100% its own
    services:
      web: { location: web, deploy: { secrets: { KEY: shop/key }, environment: { PRICE: '5$ "or" 10%' } } }
      other: { location: web, deploy: { autoscaling: { min: 2, max: 3 }, storage: 1Gi } }
    gateway: { role: clients, sends: [ping] }`,
  "web/service.yml":
    "type: public\nstartup: { command: go build -o x x.go && exec ./x --fast }\nmessages: { receives: [ping] }",
};

describe("the target systemd", function () {
  this.timeout(60_000);
  let application: DeployedFolder;

  beforeEach(() => {
    application = new DeployedFolder(files);
  });
  afterEach(() => application.remove());

  const written = () => systemdTarget.files(application.deployment);
  const unit = (ending: string) => written().find(({ path }) => path.endsWith(ending))?.text ?? assert.fail(ending);

  it("writes a unit for each process, and for each instance a sidecar with ports of its own", () => {
    const names = written().flatMap(({ path }) => /^units\/a-shop[\w-]*-h\w{8}[.-](.*)$/.exec(path)?.[1] ?? []);
    assert.deepEqual(names.sort(), ["broker.service", "dashboard.service", "gateway.service", "other-2-sidecar.service", "other-2.service", "other-sidecar.service", "other.service", "target", "web-sidecar.service", "web.service"]); // biome-ignore format: one line
    const ports = written().flatMap(({ text }) =>
      [...text.matchAll(/--(?:admin-)?port=(\d+)|^Environment="(?:PORT|EXORELAY_PORT)=(\d+)"/gm)].map(
        ([, one, two]) => one ?? two,
      ),
    );
    assert.ok(ports.length >= 14);
    assert.equal(new Set(ports).size, ports.length, ports.join(" "));
  });

  it("starts the program that a startup command builds, as nothing can be written where it is", () => {
    assert.match(unit("-web.service"), /^ExecStart=\/bin\/sh -c "\.\/x --fast"$/m);
  });

  it("binds an app to its sidecar, with the same user and nothing but its own token", () => {
    const [app, sidecar] = [unit("-web.service"), unit("-web-sidecar.service")];
    assert.match(app, /^BindsTo=a-shop.*-web-sidecar\.service$/m);
    assert.equal(/^User=(.{1,31})$/m.exec(app)?.[1], /^User=(.*)$/m.exec(sidecar)?.[1]);
    assert.match(sidecar, /^LoadCredential=attach-token:.*\/secrets\/attach\/web$/m);
    assert.doesNotMatch(app, /attach-token/);
  });

  it("leaves texts as they are, where systemd would put something into them", () => {
    assert.ok(unit("-web.service").includes('Environment="PRICE=5$ \\"or\\" 10%%"'));
    assert.match(unit(".target"), /^Description=A shop .* 100%% its own/m);
    assert.deepEqual(
      [literalText("%i"), commandWord('a "b" $c'), assignment("A", "b\\c")],
      ["%%i", '"a \\"b\\" $$c"', '"A=b\\\\c"'],
    );
  });

  it("keeps the names of secret variables in a file that it never overwrites", () => {
    const secrets = (kept?: string) =>
      systemdTarget.secretFiles?.(application.deployment, (path) => (path.endsWith("web.env") ? kept : undefined));
    const text = (kept?: string) => secrets(kept)?.find(({ path }) => path === "secrets/env/web.env")?.text;
    assert.deepEqual([text(), text("KEY=secret\n")], ["# shop/key\nKEY=\n", "KEY=secret\n"]);
  });

  it("refuses what systemd cannot run, all at once", () => {
    application.write({
      "application.yml": "name: x\nservices: { one: { docker-image: x }, two: { location: two } }",
      "two/service.yml": "",
    });
    assert.throws(written, (error: { mistakes?: readonly string[] }) => {
      assert.match(error.mistakes?.[0] ?? "", /^key 'services\.one\.docker-image': cannot be run by systemd/);
      assert.match(error.mistakes?.[1] ?? "", /^key 'startup' in the service\.yml of 'two': is needed/);
      return true;
    });
  });

  it("writes a script that a shell can read", () => {
    const script = written().find(({ path }) => path === "install.sh");
    assert.ok(script?.isExecutable);
    const { status, stderr } = spawnSync("sh", ["-n"], { input: script.text, encoding: "utf8" });
    assert.equal(status, 0, stderr);
  });

  for (const [index, wrong] of [
    "[Service]\nExecStart=x\nProtectSytem=strict\n",
    "[Service]\nExecStart=x\n",
  ].entries()) {
    const checker = systemdTarget.checkers[index] ?? assert.fail();
    it(`writes what ${checker.name} accepts, which notices what is wrong (skipped where it is absent: ${checker.install})`, async function () {
      const folder = application.generate(written());
      const result = await checker.check(folder, application.deployment);
      if (result.kind === "absent") this.skip();
      assert.deepEqual(result, { kind: "ok" });
      application.write({ "deploy/x/units/wrong.service": wrong });
      assert.equal((await checker.check(folder, application.deployment)).kind, "wrong");
    });
  }
});
