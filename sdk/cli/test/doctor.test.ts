import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasOpenssl } from "@exosphere/testkit/test-certificates";
import { checks } from "../src/doctor/examine.ts";
import type { Finding } from "../src/doctor/finding.ts";
import { exo } from "./exo-command.fixture.ts";
import { ExoRun } from "./exo-run.fixture.ts";

const example = fileURLToPath(new URL("fixtures/echo-app", import.meta.url));

interface Told {
  readonly code: number;
  readonly findings: readonly Finding[];
  /** What was found by a check that is not ok, a line each. */
  of(check: string): string[];
}

async function doctor(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Told> {
  const { code, stdout, stderr } = await exo(["doctor", ...args, "--json"], { env });
  assert.equal(stderr, "");
  const { findings, ...counts } = JSON.parse(stdout) as {
    findings: Finding[];
    ok: number;
    warnings: number;
    problems: number;
  };
  const count = (status: Finding["status"]) => findings.filter((each) => each.status === status).length;
  assert.deepEqual(counts, { ok: count("ok"), warnings: count("warning"), problems: count("problem") });
  const of = (check: string) =>
    findings
      .filter((each) => each.check === check && each.status !== "ok")
      .map(({ status, text }) => `${status}: ${text}`);
  return { code, findings, of };
}

describe("exo doctor", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "exo-doctor-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }

  it("looks at everything, and says each in one line", async () => {
    const { code, stdout } = await exo(["doctor", example]);
    const lines = stdout.trimEnd().split("\n");
    for (const line of lines.slice(0, -1)) assert.match(line, /^(ok|warning|problem) +[a-z]+ +\S.*$/);
    assert.deepEqual(
      [...new Set(lines.slice(0, -1).map((line) => line.split(/ +/)[1]))],
      ["application", ...Object.keys(checks)],
    );
    assert.match(lines.at(-1) ?? "", /^\d+ ok, \d+ warnings?, 0 problems$/);
    assert.equal(code, 0);
  });

  it("finds taken ports, missing programs, other versions and folders that others may change", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    write({
      "sick/application.yml": "name: sick\nservices: { web: { location: web } }",
      "sick/web/service.yml": `startup: { command: no-such-program --x }\ntests: ./missing.sh\ndevelopment: { port: ${port} }`,
      "sick/node_modules/@exosphere/sdk/package.json": '{"version": "0.0.7"}',
      "sick/.exosphere/run.json": "{}",
    });
    chmodSync(join(folder, "sick/.exosphere"), 0o777);
    const { code, of } = await doctor([join(folder, "sick")]);
    server.close();
    assert.equal(code, 1);
    assert.match(
      of("ports").join("\n"),
      new RegExp(`problem: ${port}, which web asks for by development\\.port, is taken`),
    );
    assert.deepEqual(of("programs"), [
      "problem: no-such-program is not found, and web needs it; install it, or correct the command in the service.yml",
      "problem: ./missing.sh is not found, and web needs it; install it, or correct the command in the service.yml",
    ]);
    assert.match(of("versions").join(), /^warning: @exosphere\/sdk is 0\.0\.7 in .*; install the same version of all$/);
    assert.match(of("folders").join(), /^warning: .*\.exosphere can be changed by others; chmod go-w/);
  });

  it("finds mistakes in the application, proxies, and brokers that are away", async () => {
    write({ "broken/application.yml": "nam: x" });
    const { code, of } = await doctor([join(folder, "broken"), "--broker", "127.0.0.1:9"], {
      HTTP_PROXY: "http://p.example",
      NO_PROXY: "",
    });
    assert.equal(code, 1);
    assert.match(of("application").join("\n"), /problem: .*application\.yml:1:1: key 'nam': is unknown/);
    const nowhere = await doctor([join(folder, "nowhere")]);
    assert.match(nowhere.of("application").join(), /^problem: .*nowhere\/application\.yml: does not exist; create it/);
    assert.match(of("proxies").join(), /set NO_PROXY=localhost,127\.0\.0\.1$/);
    assert.match(of("brokers").join(), /^problem: .*127\.0\.0\.1:9/);
  });

  (hasOpenssl ? it : it.skip)(
    `looks at files for TLS${hasOpenssl ? "" : " (not on this machine: apt-get install openssl)"}`,
    async () => {
      const file = (name: string) => join(folder, name);
      const make = (name: string, days: string, ...key: string[]) =>
        execFileSync(
          "openssl",
          ["req", "-x509", "-nodes", "-subj", "/CN=x", ...key, "-days", days, "-out", file(name)],
          { stdio: "ignore" },
        );
      const newKey = (name: string) => ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", file(name)];
      make("a.pem", "30", ...newKey("a.key"));
      make("b.pem", "30", ...newKey("b.key"));
      chmodSync(file("a.key"), 0o600);
      chmodSync(file("b.key"), 0o644);
      const fine = await doctor([
        folder,
        "--tls-cert",
        file("a.pem"),
        "--tls-key",
        file("a.key"),
        "--tls-ca",
        file("b.pem"),
      ]);
      assert.deepEqual(fine.of("tls"), []);
      const mixed = await doctor([example], {
        EXO_TLS_CERT: file("a.pem"),
        EXO_TLS_KEY: file("b.key"),
        EXO_TLS_CA: file("none.pem"),
      });
      assert.equal(mixed.code, 1);
      assert.match(mixed.of("tls").join("\n"), /warning: .*b\.key can be opened by others; chmod 600/);
      assert.match(mixed.of("tls").join("\n"), /--tls-ca .*none\.pem cannot be read \(ENOENT\)/);
      assert.match(mixed.of("tls").join("\n"), /b\.key is not the key of .*a\.pem/);
      const swapped = await doctor([example, "--tls-cert", file("a.key"), "--tls-key", file("a.pem")]);
      assert.match(
        swapped.of("tls").join("\n"),
        /a\.key has no certificate in PEM[\s\S]*a\.pem is no private key in PEM/,
      );
    },
  );

  it("looks at the application that runs here", async () => {
    const own = join(folder, "running");
    cpSync(example, own, { recursive: true });
    const run = new ExoRun([own], { EXO_RUN_FILE: "true" });
    try {
      await run.ready();
      const { code, findings } = await doctor([own]);
      const textOf = (name: string) => findings.find(({ check }) => check === name)?.text ?? "";
      assert.equal(code, 0);
      assert.match(textOf("ports"), /^taken by the application that runs here, as process \d+$/);
      assert.equal(textOf("processes"), "broker, sidecar of asker, sidecar of echo are ready");
      assert.match(textOf("brokers"), /^127\.0\.0\.1:\d+ answers$/);
      assert.match(textOf("clock"), /^\d+\.\d s from the broker's$/);
      const record = readFileSync(join(own, ".exosphere/run.json"), "utf8");
      const { services } = JSON.parse(record) as { services: { sidecarAdminUrl: string }[] };
      writeFileSync(
        join(own, ".exosphere/run.json"),
        record.replace(services[1]?.sidecarAdminUrl ?? "", "http://127.0.0.1:9"),
      );
      const sick = await doctor([own]);
      assert.equal(sick.code, 1);
      assert.match(
        sick.of("processes").join(),
        /^problem: sidecar of echo: nothing answers at http:\/\/127\.0\.0\.1:9 \(ECONNREFUSED\)/,
      );
    } finally {
      await run.end("SIGTERM");
    }
  });

  it("has every check in docs/tools.md", () => {
    const page = readFileSync(new URL("../../../docs/tools.md", import.meta.url), "utf8");
    const table = page.slice(page.indexOf("| check | looks at |"));
    assert.deepEqual(
      [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name),
      ["application", ...Object.keys(checks)],
    );
  });

  it("refuses what it does not know", async () => {
    const { code, stderr } = await exo(["doctor", "--tls-certs", "x"]);
    assert.deepEqual([code, stderr], [64, "exo doctor: Unknown flag --tls-certs (did you mean --tls-cert?)\n"]);
  });
});
