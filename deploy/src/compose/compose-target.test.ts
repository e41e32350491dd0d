import assert from "node:assert/strict";
import { parse } from "yaml";
import { DeployedFolder } from "../application.fixture.ts";
import type { Checker } from "../target.ts";
import { composeTarget } from "./compose-target.ts";

/** A service in each language, as examples/languages has them, and what else there may be. */
const files = {
  "application.yml": `
    name: Many Languages
    version: "1.0"
    services:
      js: { location: js }
      ts: { location: ts }
      npm: { location: npm }
      python: { location: python }
      uvicorn: { location: uvicorn }
      go: { location: go }
      module: { location: module }
      java: { location: java }
      maven: { location: maven }
      rust: { location: rust }
      cargo: { location: cargo }
      bash: { location: bash }
      "users.admin":
        location: js
        deploy:
          autoscaling: { min: 2, max: 4 }
          storage: 1Gi
          environment: { PRICE: "5$ or $\{TEN}" }
          secrets: { DATABASE_URL: database/url }
      search:
        docker-image: example/search:3
        messages: { receives: [find] }
        deploy: { read-only: false, resources: { limits: { memory: 64Mi, cpu: 250m } } }
    deploy: { images: registry.example.org:5000/many }`,
  "js/service.yml": "type: public\nstartup: { command: node server.js --fast }",
  "ts/service.yml": "startup: { command: node server.ts }",
  "ts/package.json": "{}",
  "ts/package-lock.json": "{}",
  "npm/service.yml": "startup: { command: npm start }",
  "python/service.yml": "startup: { command: python3 greeter.py }",
  "uvicorn/service.yml": "startup: { command: uvicorn app:app }",
  "uvicorn/requirements.txt": "uvicorn==0.38.0",
  "go/service.yml": "startup: { command: go build -o greeter greeter.go && exec ./greeter }",
  "module/service.yml": "startup: { command: ./run }",
  "module/go.mod": "module x",
  "java/service.yml": "startup: { command: java Greeter.java }",
  "maven/service.yml": "startup: { command: java -jar target/app.jar }",
  "maven/pom.xml": "<project/>",
  "rust/service.yml": "startup: { command: rustc -O -o greeter greeter.rs && exec ./greeter --loud }",
  "cargo/service.yml": "startup: { command: cargo run }",
  "cargo/Cargo.toml": "",
  "bash/service.yml": "startup: { command: bash greeter.sh }",
};

type Composed = { services: Record<string, Record<string, unknown>>; volumes: Record<string, unknown> };

describe("the target compose", function () {
  this.timeout(60_000);
  let application: DeployedFolder;

  beforeEach(() => {
    application = new DeployedFolder(files);
  });
  afterEach(() => application.remove());

  const written = () => composeTarget.files(application.deployment);
  const textOf = (path: string) => written().find((file) => file.path === path)?.text ?? assert.fail(path);
  const composed = () => parse(textOf("compose.yaml")) as Composed;

  /** The end of a Dockerfile: what runs. */
  const run = (name: string) =>
    textOf(`images/${name}.Dockerfile`)
      .split(/^FROM /m)
      .at(-1) ?? "";

  it("runs each language on an image without a shell, where the startup command allows it", () => {
    const images = Object.fromEntries(
      ["js", "ts", "npm", "python", "uvicorn", "go", "module", "java", "maven", "rust", "cargo", "bash"].map((name) => [
        name,
        [
          run(name)
            .split("\n")[0]
            ?.replace(/^.*\/|:.*$/g, ""),
          JSON.parse(/^ENTRYPOINT (.*)$/m.exec(run(name))?.[1] ?? ""),
        ],
      ]),
    );
    assert.deepEqual(images, {
      js: ["nodejs24-debian12", ["/nodejs/bin/node", "server.js", "--fast"]],
      ts: ["nodejs24-debian12", ["/nodejs/bin/node", "server.ts"]],
      npm: ["node", ["/bin/sh", "-c", "npm start"]],
      python: ["python3-debian12", ["/usr/bin/python3", "greeter.py"]],
      uvicorn: ["python", ["/bin/sh", "-c", "uvicorn app:app"]],
      go: ["static-debian12", ["/service"]],
      module: ["static-debian12", ["/service"]],
      java: ["java21-debian12", ["/usr/bin/java", "-cp", "/out", "Greeter"]],
      maven: ["java21-debian12", ["/usr/bin/java", "-jar", "target/app.jar"]],
      rust: ["cc-debian12", ["/service", "--loud"]],
      cargo: ["cc-debian12", ["/service"]],
      bash: ["debian", ["bash", "greeter.sh"]],
    });
    for (const { path, text } of written())
      if (path.endsWith(".Dockerfile")) assert.match(text, /^USER 65532:65532$/m, path);
  });

  it("gives no container rights, and none a file system to write to", () => {
    for (const [name, service] of Object.entries(composed().services)) {
      assert.deepEqual([service.cap_drop, service.security_opt], [["ALL"], ["no-new-privileges:true"]], name);
      assert.equal(service.read_only, name !== "search", name);
      assert.equal(service.user, name === "search" ? undefined : "65532:65532", name);
    }
  });

  it("opens ports on loopback alone, none of them of an app or a sidecar's edge", () => {
    const ports = Object.values(composed().services).flatMap(({ ports: own = [] }) => own as string[]);
    assert.equal(ports.length, 3);
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:\$\{[A-Z0-9_]+_PORT:-\d+\}:(8080|4400)$/);
  });

  it("makes a container and a sidecar for each instance, in one network", () => {
    const { services, volumes } = composed();
    const [first = "", second = ""] = Object.keys(services).filter((name) => /^users-admin-h\w{8}(-2)?$/.test(name));
    assert.equal(second, `${first}-2`);
    assert.equal(services[second]?.network_mode, `service:${second}-sidecar`);
    assert.ok(`${second}-data` in volumes && `${second}-socket` in volumes);
  });

  it("leaves texts as they are, where Compose would put variables into them", () => {
    const users = Object.entries(composed().services).find(([name]) => /^users-admin-h\w{8}$/.test(name))?.[1];
    assert.equal((users?.environment as Record<string, string> | undefined)?.PRICE, "5$$ or $${TEN}");
  });

  it("takes the limits of a service from application.yml", () => {
    const deploy = composed().services.search?.deploy as { resources: Record<string, unknown> } | undefined;
    assert.deepEqual(deploy?.resources.limits, { cpus: "0.25", memory: `${64 * 2 ** 20}b`, pids: 512 });
  });

  it("keeps secrets that are there, and gives new roles new ones", () => {
    const made = new Map(
      composeTarget.secretFiles?.(application.deployment, () => undefined).map((each) => [each.path, each.text]),
    );
    const tokens = JSON.parse(made.get("secrets/attach-tokens.json") ?? "") as Record<string, string>;
    assert.equal(`${tokens.js}\n`, made.get("secrets/attach/js"));
    assert.equal(new Set(Object.values(tokens)).size, 14);
    // Somebody replaces a token.
    made.set("secrets/attach-tokens.json", JSON.stringify({ ...tokens, js: ["new", "old"], ts: undefined }));
    made.delete("secrets/attach/ts");
    const again = new Map(
      composeTarget
        .secretFiles?.(application.deployment, (path) => made.get(path))
        .map((each) => [each.path, each.text]),
    );
    const later = JSON.parse(again.get("secrets/attach-tokens.json") ?? "") as Record<string, unknown>;
    assert.deepEqual(
      [later.js, later.go, `${later.ts}\n`],
      [["new", "old"], tokens.go, again.get("secrets/attach/ts")],
    );
    assert.notEqual(later.ts, tokens.ts);
  });

  it("refuses services of which nothing says how to build them, all at once, with the keys to set", () => {
    application.write({
      "application.yml": "name: x\nservices: { one: { location: one }, two: { location: two } }",
      "one/service.yml": "startup: { command: ./run }",
      "two/service.yml": "messages: { receives: [a] }",
    });
    assert.throws(written, (error: { mistakes?: readonly string[] }) => {
      assert.match(error.mistakes?.[0] ?? "", /^key 'services\.one\.deploy\.language': is needed/);
      assert.match(error.mistakes?.[1] ?? "", /^key 'startup' in the service\.yml of 'two': is needed/);
      return true;
    });
  });

  for (const checker of composeTarget.checkers) {
    const { name, install } = checker;
    it(`writes what ${name} accepts, which notices what is wrong (skipped where it is absent: ${install})`, async function () {
      const folder = application.generate(written());
      application.write(
        Object.fromEntries(
          (composeTarget.secretFiles?.(application.deployment, () => undefined) ?? []).map((each) => [
            each.path,
            each.text,
          ]),
        ),
        "deploy/x",
      );
      const result = await checker.check(folder, application.deployment);
      if (result.kind === "absent") this.skip();
      assert.deepEqual(result, { kind: "ok" });
      breakFor(checker, folder);
      assert.equal((await checker.check(folder, application.deployment)).kind, "wrong");
    });
  }

  function breakFor({ name }: Checker, folder: string): void {
    const wrong = { "docker-compose": ["compose.yaml", "services: { a: { image: 7, netwrk: [] } }"], hadolint: ["images/go.Dockerfile", "FROM debian:latest\n"] }; // biome-ignore format: one line
    const [path = "", text = ""] = wrong[name as keyof typeof wrong];
    application.write({ [path]: text }, folder.slice(application.root.length + 1));
  }
});
