import assert from "node:assert/strict";
import { freePorts } from "@exosphere/process";
import { eventually } from "@exosphere/testkit";
import { accountOf } from "@exosphere/testkit/accounts";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { assertAnswered, Load, overHttp, tallyOf } from "@exosphere/testkit/load";
import { Mesh } from "@exosphere/testkit/mesh";
import type { RawWebSocket } from "@exosphere/testkit/raw-websocket";

const routes = {
  web: { sends: ["get", "tell"], receives: ["got"] },
  users: { sends: ["got"], receives: ["get", "tell"] },
};
const deadlineMs = 15_000;
/** Calls that are under way when the process is told to end. */
const many = 1_000;

/** A service that takes 20 ms for each message, and says when it has. */
function serve(socket: RawWebSocket): void {
  socket.onText = (text) => {
    const { name, id, activityId, payload } = JSON.parse(text) as Record<string, string>;
    setTimeout(() => {
      if (name === "get") socket.send({ name: "got", sender: "users", payload, activityId, responseTo: id });
      socket.send({ name: "exocom.settle", id, outcome: "done" });
    }, 20);
  };
}

describe("With 1,000 calls under way, SIGTERM of the all-in-one", function () {
  this.timeout(60_000);
  const mesh = new Mesh();
  afterEach(() => mesh.stop());

  it("leaves each of them answered, and delivers what it has confirmed", async () => {
    const [adminPort] = (await freePorts(1)) as [number];
    const exocom = mesh.keep(await ExocomProcess.start({ routes, args: ["--admin-port", String(adminPort)] }));
    const users = await exocom.service("users", { payload: { settle: true } });
    serve(users);
    const load = mesh.keep(new Load(overHttp(exocom.edge, { send: "tell", request: "get", deadlineMs })));
    load.burst(many);
    const accepted = async (name: string) =>
      (await accountOf(`http://127.0.0.1:${adminPort}`, "web", "users", name)).accepted;
    await eventually("all are on the bus", async () => (await accepted("tell")) + (await accepted("get")) === many);
    process.kill(exocom.pid, "SIGTERM");
    const { code } = await exocom.exited;
    const calls = await load.ended();
    assertAnswered(calls, deadlineMs);
    assert.equal(code, 0, exocom.stderr.slice(-3).join("\n"));
    assert.deepEqual(tallyOf(calls), { "send 202": many / 2, "request 200": many / 2 });
    const seen = users.messages.map(({ id }) => id);
    assert.equal(new Set(seen).size, seen.length);
    const confirmed = calls.filter(({ status }) => status === 202 || status === 200);
    assert.deepEqual(
      confirmed.filter(({ id }) => !seen.includes(id)),
      [],
    );
    users.drop();
  });
});
