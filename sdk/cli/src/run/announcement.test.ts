import assert from "node:assert/strict";
import { announcement } from "./announcement.ts";
import { applicationOf, serviceOf } from "./application.fixture.ts";
import { exampleRequest } from "./example-request.ts";

const none = { sends: [], receives: [], translations: [] };
const users = serviceOf("users", { route: { ...none, receives: [{ name: "users.list" }, { name: "users.create", example: { name: "Ada" } }] } }); // biome-ignore format: one line
const web = serviceOf("web", { route: { ...none, sends: ["users.create"] } });
const at = (role: string, publicUrl?: string) => ({ role, sidecarUrl: `http://127.0.0.1:${role.length}`, publicUrl });

describe("announcement", () => {
  it("says that the application is ready, where its sites are, and what to try", () => {
    const addresses = [at("users"), at("web", "http://127.0.0.1:80")];
    assert.deepEqual(announcement(addresses, exampleRequest(applicationOf(users, web), addresses)), [
      "application ready",
      "web is at http://127.0.0.1:80",
      "try:",
      `  curl -d '{"name":"Ada"}' http://127.0.0.1:3/v1/request/users.create`,
    ]);
  });

  it("says where the gateway and the dashboard are", () => {
    assert.deepEqual(
      announcement([], undefined, {
        gateway: { url: "http://127.0.0.1:43", adminUrl: "" },
        dashboard: { url: "http://127.0.0.1:44", adminUrl: "" },
      }),
      ["application ready", "the gateway is at http://127.0.0.1:43", "the dashboard is at http://127.0.0.1:44"],
    );
  });

  it("gives nothing to try if nobody may send a message with an example", () => {
    const addresses = [at("users")];
    assert.deepEqual(announcement(addresses, exampleRequest(applicationOf(users), addresses)), ["application ready"]);
  });

  it("quotes for the shell", () => {
    const [, , line] = announcement([], { url: "http://127.0.0.1:3/v1/request/say%20it", payload: "it's" });
    assert.equal(line, `  curl -d '"it'\\''s"' http://127.0.0.1:3/v1/request/say%20it`);
  });

  it("uses the name by which the sender knows the message", () => {
    const translated = {
      ...none,
      sends: ["new user"],
      translations: [{ internal: "new user", public: "users.create" }],
    };
    const addresses = [at("users"), at("web")];
    const example = exampleRequest(applicationOf(users, serviceOf("web", { route: translated })), addresses);
    assert.equal(example?.url, "http://127.0.0.1:3/v1/request/new%20user");
  });
});
