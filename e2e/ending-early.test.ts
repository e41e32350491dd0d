import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@exosphere/process";
import { eventually, ProcessUnderTest } from "@exosphere/testkit";

/** A broker that is not there: a port below those that anybody may take. */
const nobody = "127.0.0.1:9";

const sourceOf = (path: string) => new URL(`../${path}`, import.meta.url);

describe("A process that is told to end before it has done anything", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "exo-ending-"));
  const rules = join(folder, "rules.json");
  writeFileSync(rules, JSON.stringify({ clients: { anonymous: { sends: ["x"], receives: [] } } }));
  const routes = { SERVICE_DATA: JSON.stringify({ web: { sends: ["x"], receives: ["x"] } }) };
  const started: ProcessUnderTest[] = [];
  const start = (...options: ConstructorParameters<typeof ProcessUnderTest>) => {
    const process = new ProcessUnderTest(...options);
    started.push(process);
    return process;
  };

  afterEach(() => Promise.all(started.splice(0).map((each) => each.stop())));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const commands: readonly (readonly [entry: string, args: readonly string[]])[] = [
    ["broker/src/bin.ts", ["serve"]],
    ["exocom/src/bin.ts", []],
    ["sidecar/src/bin.ts", ["--role", "web", "--broker", nobody]],
    ["gateway/src/bin.ts", ["--role", "web", "--broker", nobody, "--rules", rules]],
    ["services/analytics/src/bin.ts", ["--broker", nobody, "--data-dir", folder]],
  ];
  for (const [path, args] of commands) {
    const run = async () => {
      const [port, adminPort] = (await freePorts(2)) as [number, number];
      const ports = ["--port", String(port), "--admin-port", String(adminPort)];
      const process = start({ entry: sourceOf(path), args: [...args, ...ports], env: routes });
      return { process, admin: `http://127.0.0.1:${adminPort}` };
    };

    it(`${path} ends with 0 from the moment that anything of it answers, ready or not`, async () => {
      const { process, admin } = await run();
      await process.answers(`${admin}/livez`);
      const { code, signal } = await process.stop();
      assert.deepEqual([code, signal], [0, null]);
    });

    it(`${path} ends by the signal itself, and has said nothing, while it is loaded`, async () => {
      const { process } = await run();
      const { code, signal } = await process.stop();
      assert.deepEqual([code, signal, process.stdout, process.stderr], [null, "SIGTERM", [], []]);
    });
  }

  for (const path of ["services/users/start.js", "examples/space-tweet/tweets/server.js"]) {
    it(`${path} ends with 0 while its sidecar is not there, and calls nothing an error`, async () => {
      const env = { EXOCOM_SOCKET: join(folder, "nobody.sock"), EXO_DATA_DIR: join(folder, "records") };
      const process = start({ entry: sourceOf(path), args: [], env });
      const says = (text: string) => [...process.stdout, ...process.stderr].some((line) => line.includes(text));
      await eventually("it looks for its sidecar", () => says("cannot be reached"));
      const { code, signal } = await process.stop();
      assert.deepEqual([code, signal, says("DRAINING"), says("await")], [0, null, false, false]);
    });
  }
});
