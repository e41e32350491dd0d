import assert from "node:assert/strict";
import { eventually } from "@exosphere/testkit";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { ask } from "@exosphere/testkit/messages";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";
import { SdkMesh } from "./sdk-mesh.ts";

const routes = {
  web: { sends: ["page"], receives: ["page shown"] },
  shop: { sends: ["get user", "page shown"], receives: ["page", "user"] },
  users: { sends: ["user"], receives: ["get user"] },
};

/** Plays a service of the first generation: answers each request after a while, by nothing but its activity. */
function answerByActivity(socket: RawWebSocket): void {
  socket.onText = (text) => {
    const { name, payload, activityId } = JSON.parse(text);
    if (name !== "get user") return;
    setTimeout(() => socket.send({ name: "user", sender: "users", payload, activityId, id: crypto.randomUUID() }), 30);
  };
}

describe("Requests of one handler at once, to a service that replies by activity alone", function () {
  this.timeout(30_000);
  const mesh = new SdkMesh();
  const sockets: RawWebSocket[] = [];
  after(() => mesh.stop());
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.drop();
  });

  it("each get their own answer, through sidecars", async () => {
    await mesh.startBroker({ routes });
    const [web, users] = (await Promise.all([
      mesh.startSidecar("web"),
      mesh.startSidecar("users"),
      mesh.startSocketSidecar("shop"),
    ])) as [SidecarProcess, SidecarProcess, SidecarProcess];
    await mesh
      .play("shop", {
        page: async (_message, { request }) => {
          const replies = await Promise.all([1, 2, 3].map((id) => request("get user", { id })));
          return { name: "page shown", payload: replies.map(({ payload }) => payload) };
        },
      })
      .ready();
    const socket = await RawWebSocket.register(users.port, "users");
    sockets.push(socket);
    answerByActivity(socket);
    const { status, json, text } = await ask(web.edge, "page", "1");
    assert.equal(status, 200, text);
    assert.deepEqual(json.payload, [{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  it("each get their own answer, on the all-in-one", async () => {
    const exocom = mesh.keep(await ExocomProcess.start({ routes }));
    const socket = await RawWebSocket.register(exocom.port, "users");
    sockets.push(socket);
    answerByActivity(socket);
    await eventually("the registration", () => exocom.stdout.includes("'users' registered"));
    const replies = await Promise.all(
      [1, 2].map((id) =>
        ask(exocom.edge, "get user", JSON.stringify({ id }), { "exo-role": "shop", "exo-activity-id": "one activity" }),
      ),
    );
    assert.deepEqual(
      replies.map(({ json }) => json.payload),
      [{ id: 1 }, { id: 2 }],
    );
  });
});
