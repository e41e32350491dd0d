import assert from "node:assert/strict";
import { type Client, type IsAuthorized, security } from "@exosphere/sdk";
import { SdkMesh } from "./sdk-mesh.ts";

const routes = {
  security: {},
  web: { sends: ["users.delete", "users.list"], receives: ["users.listed", "users.deleted"] },
  users: {
    sends: ["users.listed", "users.deleted", "users.admin"],
    receives: ["users.delete", "users.list", "users.is admin"],
  },
};

describe("A security service that is one predicate", function () {
  this.timeout(30_000);
  let mesh: SdkMesh;
  let web: Client;
  const errors: unknown[] = [];

  async function decide(isAuthorized: IsAuthorized): Promise<void> {
    const options = { socket: mesh.socketOf("security"), signals: false, log: mesh.log };
    const playing = security(isAuthorized, { ...options, onError: (error) => errors.push(error) });
    mesh.keep({ stop: async () => playing.close() });
    await playing.ready();
  }

  beforeEach(async () => {
    mesh = new SdkMesh();
    errors.length = 0;
    await mesh.startBroker({ routes });
    await Promise.all(["security", "web", "users"].map((role) => mesh.startSocketSidecar(role)));
    web = mesh.connect("web");
    const users = mesh.play("users", {
      "users.list": () => ({ name: "users.listed" }),
      "users.delete": () => ({ name: "users.deleted" }),
      "users.is admin": ({ payload }) => ({ name: "users.admin", payload: payload === "root" }),
    });
    await Promise.all([web.ready(), users.ready()]);
  });
  afterEach(() => mesh.stop());

  it("lets pass what it says, as the bus shows it", async () => {
    const shown: unknown[] = [];
    await decide((message) => {
      shown.push([message.sender, message.name, message.payload, message.auth]);
      return message.name !== "users.delete";
    });
    assert.equal((await web.request("users.list", { n: 1 }, { auth: "me" })).name, "users.listed");
    await assert.rejects(web.request("users.delete"), { reason: "REFUSED_BY_SECURITY" });
    assert.deepEqual(shown.slice(0, 2), [
      ["web", "users.list", { n: 1 }, "me"],
      ["users", "users.listed", null, "me"],
    ]);
  });

  it("may ask others for its verdict", async () => {
    await decide(async ({ name, auth }, request) => {
      if (name !== "users.delete") return true;
      const answer = await request("users.is admin", auth);
      return answer.name === "users.admin" && answer.payload === true;
    });
    assert.equal((await web.request("users.delete", null, { auth: "root" })).name, "users.deleted");
    await assert.rejects(web.request("users.delete", null, { auth: "ada" }), { reason: "REFUSED_BY_SECURITY" });
  });

  it("lets nothing pass that it throws at, or says neither yes nor no to", async () => {
    await decide(({ payload }) => {
      if (payload === "throw") throw new Error("password 1234");
      return "yes" as never;
    });
    for (const payload of ["throw", "say"]) {
      const refused = (error: Error) => /NO_INSTANCE/.test(error.message) && !/1234/.test(error.message);
      await assert.rejects(web.request("users.list", payload), refused);
    }
    assert.deepEqual(errors.map(String), [
      "Error: password 1234",
      "TypeError: A security service answers true or false, not yes.",
    ]);
  });
});

describe("security()", () => {
  it("needs a function", () => {
    assert.throws(() => security("yes" as never), /A security service is a function/);
  });
});
