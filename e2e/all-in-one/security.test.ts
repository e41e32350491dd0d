import assert from "node:assert/strict";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { Mesh } from "@exosphere/testkit/mesh";
import type { RawWebSocket } from "@exosphere/testkit/raw-websocket";

const routes = {
  web: { sends: ["enter"], receives: ["message unauthorized"] },
  house: { receives: ["enter"] },
  security: {},
};

describe("A security service on a WebSocket", function () {
  this.timeout(30_000);
  const mesh = new Mesh();
  let exocom: ExocomProcess;
  let web: RawWebSocket;
  let house: RawWebSocket;
  let security: RawWebSocket;

  before(async () => {
    exocom = mesh.keep(await ExocomProcess.start({ routes }));
    web = mesh.keep(await exocom.service("web"));
    house = mesh.keep(await exocom.service("house"));
    security = mesh.keep(await exocom.service("security"));
  });
  after(() => mesh.stop());

  it("is asked about each message, and its verdicts decide and are printed", async () => {
    web.send({ name: "enter", id: "1", activityId: "friend", auth: { key: 1 }, payload: "friend", isSecurity: true });
    const question = await security.message("authorize message");
    assert.deepEqual(question.payload, {
      name: "enter",
      payload: "friend",
      id: "1",
      activityId: "friend",
      auth: { key: 1 },
      isSecurity: false,
      sender: "web",
    });
    // Verdicts of others do not count.
    web.send({ name: "message authorized", activityId: question.activityId });
    await exocom.prints("Warning: Service 'web' is not allowed to broadcast the message 'message authorized'");
    security.send({ name: "message authorized", activityId: question.activityId });
    assert.equal((await house.message("enter")).payload, "friend");

    web.send({ name: "enter", id: "2", activityId: "foe", payload: "foe" });
    const second = await security.message("authorize message", 2);
    security.send({ name: "message unauthorized", activityId: second.activityId });
    await exocom.prints("Warning: Unauthorized message 'enter' from 'web' with activityId 'foe'");
    const refused = await web.message("message unauthorized");
    assert.equal((refused.payload as { id: string }).id, "2");
    assert.equal(house.texts.length, 1);
  });
});
