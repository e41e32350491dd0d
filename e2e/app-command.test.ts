import assert from "node:assert/strict";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { freePorts } from "@exosphere/process";
import { eventually } from "@exosphere/testkit";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask } from "@exosphere/testkit/messages";
import { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const program = fileURLToPath(new URL("kit/src/app-program.js", import.meta.url));

/** What the app says it was told. */
interface Told {
  readonly pid: number;
  readonly EXOCOM_HOST: string;
  readonly EXOCOM_PORT: string;
  readonly ROLE: string;
  readonly EXORELAY_PORT: string;
}

/** Whether nobody listens on a port. Of a process that has ended, a container may keep its id for ever. */
function isClosed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(false));
    socket.once("error", () => resolve(true));
    socket.once("connect", () => socket.destroy());
  });
}

/** The process ids of the app, one for each of its starts. */
function startsOf(sidecar: SidecarProcess): number[] {
  return sidecar.stdout.flatMap((line) => {
    const [, pid] = /^app online (\d+)$/.exec(line) ?? [];
    return pid === undefined ? [] : [Number(pid)];
  });
}

const started = (sidecar: SidecarProcess, nth: number) =>
  eventually(`start ${nth} of the app`, () => startsOf(sidecar)[nth - 1]);

describe("A sidecar that starts its app", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;

  before(async () => {
    await mesh.startBroker({
      routes: { web: { sends: ["tell"], receives: ["told"] }, users: { sends: ["told"], receives: ["tell"] } },
    });
    web = await mesh.startSidecar("web");
  });
  after(() => mesh.stop());

  const launch = async (args: readonly string[], more: readonly string[] = []) => {
    const command = [...more, "--", process.execPath, program, ...args];
    const sidecar = await SidecarProcess.launch({ role: "users", broker: mesh.broker.port, args: command });
    return mesh.keep(sidecar);
  };

  const tell = async (): Promise<Told> => {
    const { status, json, text } = await ask(web.edge, "tell", "1");
    assert.equal(status, 200, text);
    return json.payload as Told;
  };

  it("tells it where the bus is, what it is, and where to listen", async () => {
    const sidecar = await launch([]);
    const { pid, ...told } = await tell();
    assert.deepEqual(
      { ...told, EXORELAY_PORT: Number(told.EXORELAY_PORT) > 0 },
      { EXOCOM_HOST: "127.0.0.1", EXOCOM_PORT: String(sidecar.port), ROLE: "users", EXORELAY_PORT: true },
    );
    assert.equal(pid, startsOf(sidecar)[0]);
    await sidecar.stop();
  });

  it("repeats no key in the lines of its log", async () => {
    const sidecar = await launch([]);
    await tell();
    await sidecar.logs("the app is started");
    await sidecar.stop();
    const lines = sidecar.stdout.filter((line) => line.startsWith("{"));
    assert.ok(lines.length > 0);
    // JSON.parse keeps only the last of repeated keys.
    for (const line of lines) assert.equal(JSON.stringify(JSON.parse(line)), line);
  });

  it("lets it listen where --app says", async () => {
    const [port] = (await freePorts(1)) as [number];
    const sidecar = await launch([], ["--app", `http://127.0.0.1:${port}`]);
    assert.equal((await tell()).EXORELAY_PORT, String(port));
    await sidecar.stop();
  });

  it("starts it again after a crash, on the same port, and says so", async () => {
    const sidecar = await launch([]);
    const before = await tell();
    const { status, json } = await ask(web.edge, "tell", '"crash"');
    assert.deepEqual([status, json.reason], [502, "HANDLER_FAILED"]);
    const pid = await started(sidecar, 2);
    const after = await tell();
    assert.deepEqual(after, { ...before, pid });
    const entry = await sidecar.logs("app exited");
    assert.deepEqual([entry.level, entry.code], ["warn", 7]);
    await sidecar.stop();
  });

  it("stops it, and ends with 0, on SIGTERM", async () => {
    const sidecar = await launch([]);
    const { EXORELAY_PORT } = await tell();
    const { code, signal } = await sidecar.stop();
    assert.deepEqual([code, signal, await isClosed(Number(EXORELAY_PORT))], [0, null, true]);
  });

  it("leaves nothing behind if the app does not heed SIGTERM within the grace, and ends with 1", async () => {
    const [port] = (await freePorts(1)) as [number];
    const sidecar = await launch(["stubborn"], ["--grace", "500ms", "--app", `http://127.0.0.1:${port}`]);
    await started(sidecar, 1);
    const { code } = await sidecar.stop();
    assert.equal(code, 1);
    await eventually("the app is gone", () => isClosed(port));
    assert.ok(sidecar.stdout.includes("not yet"));
  });

  it("leaves nothing behind if it is killed itself", async () => {
    const [port] = (await freePorts(1)) as [number];
    const sidecar = await launch([], ["--app", `http://127.0.0.1:${port}`]);
    await started(sidecar, 1);
    await sidecar.kill();
    await eventually("the app is gone", () => isClosed(port));
  });

  it("says what is wrong with a command that there is not, and goes on trying", async () => {
    const args = ["--", "/no/such/command"];
    const sidecar = mesh.keep(await SidecarProcess.launch({ role: "users", broker: mesh.broker.port, args }));
    const entry = await sidecar.logs("app could not be started");
    assert.equal(entry.level, "error");
    assert.match(JSON.stringify(entry), /ENOENT/);
    await sidecar.stop();
  });
});
