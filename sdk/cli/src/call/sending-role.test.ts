import assert from "node:assert/strict";
import { parseRoutes } from "@exosphere/application";
import { CommandFailure } from "../failure.ts";
import { sendingRole } from "./sending-role.ts";

const routes = parseRoutes(
  JSON.stringify({
    web: { sends: ["users.create", "log"] },
    admin: { sends: ["log"] },
    tweets: { sends: ["owner.get"], translations: [{ public: "users.get", internal: "owner.get" }] },
    clients: { sends: ["users.delete"] },
  }),
  "test",
);
const running = ["web", "admin", "tweets"];
const roleFor = (name: string, asked?: string) => sendingRole(name, asked, running, routes);

function failureOf(name: string, asked?: string): string {
  try {
    roleFor(name, asked);
  } catch (error) {
    assert.ok(error instanceof CommandFailure);
    return error.message;
  }
  return assert.fail("a role was found");
}

describe("sendingRole", () => {
  it("is the only role that sends the message, or the one that is asked for", () => {
    assert.equal(roleFor("users.create"), "web");
    assert.equal(roleFor("log", "admin"), "admin");
    assert.equal(roleFor("users.create", "admin"), "admin", "the bus says what it may not");
  });

  it("asks which, where several do", () => {
    assert.equal(failureOf("log"), "'log' is sent by web, admin: say by --role which of them");
  });

  it("says what is known elsewhere, where none does", () => {
    assert.match(failureOf("users.get"), /tweets does under its own name for it, 'owner\.get'$/);
    assert.match(failureOf("users.delete"), /'clients' does, but has no sidecar here$/);
    assert.match(failureOf("user.create"), /did you mean users\.create\?.*add it to 'sends'/);
    assert.match(
      failureOf("log", "wb"),
      /no sidecar of role 'wb' runs \(did you mean web\?\); there are: web, admin, tweets/,
    );
  });
});
