import assert from "node:assert/strict";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { Mesh } from "@exosphere/testkit/mesh";
import { post } from "@exosphere/testkit/messages";

const routes = {
  web: { sends: ["users create", "lonely"], receives: [] },
  users: { sends: [], receives: ["users create"] },
};

/** What a body of 2016 is answered: the same on a sidecar and on the all-in-one. */
const answers: readonly (readonly [what: string, status: number, name: string, body: string])[] = [
  ["a message", 200, "users%20create", '{"sender":"web","id":"1","payload":{"n":9007199254740993}}'],
  [
    "one with nothing but an empty id, replying to something",
    200,
    "users%20create",
    '{"sender":"web","id":"","responseTo":"x"}',
  ],
  ["no body", 400, "users%20create", ""],
  ["half a body", 400, "users%20create", '{"sender":"web"'],
  ["an array", 400, "users%20create", "[]"],
  ["no sender", 400, "users%20create", '{"id":"1"}'],
  ["no id", 400, "users%20create", '{"sender":"web"}'],
  ["an id that is a number", 400, "users%20create", '{"sender":"web","id":1}'],
  ["no name", 400, "", '{"sender":"web","id":"1"}'],
  ["a name that the role may not send", 403, "users.delete", '{"sender":"web","id":"1"}'],
  ["another sender", 403, "users%20create", '{"sender":"boss","id":"1"}'],
  ["a message that nobody receives", 404, "lonely", '{"sender":"web","id":"1"}'],
  [
    "a payload over the limit",
    413,
    "users%20create",
    `{"sender":"web","id":"1","payload":"${"x".repeat(1024 * 1024)}"}`,
  ],
];

describe("POST /send/<name>, the form of 2016", function () {
  this.timeout(30_000);
  const mesh = new Mesh();
  let sidecarEdge: string;
  let exocom: ExocomProcess;
  let users: AppUnderTest;

  before(async () => {
    await mesh.startBroker({ routes });
    const [web, service] = await Promise.all([mesh.startSidecar("web"), mesh.startService("users")]);
    [sidecarEdge, users] = [web.edge, service.app];
    exocom = mesh.keep(await ExocomProcess.start({ routes }));
  });
  after(() => mesh.stop());

  for (const [what, status, name, body] of answers) {
    it(`answers ${status} to ${what}`, async () => {
      for (const edge of [sidecarEdge, exocom.edge])
        assert.equal((await post(`${edge}/send/${name}`, body)).status, status, edge);
    });
  }

  it("brings the message, byte for byte", async () => {
    const { message, raw } = await users.delivery("users create");
    assert.equal(message.id, "1");
    assert.ok(raw.includes('"payload":{"n":9007199254740993}'));
    const second = await users.delivery("users create", 2);
    assert.equal(second.message.responseTo, "x");
    assert.match(second.message.id, /^[0-9a-f-]{36}$/);
    await exocom.prints("Warning: No receivers for message 'lonely' registered");
  });
});
