import assert from "node:assert/strict";
import { join } from "node:path";
import { ApplicationError } from "./application-error.ts";
import { withFolder } from "./fixtures/temporary-application.ts";
import { readApplication } from "./read-application.ts";
import { readClientRules } from "./read-client-rules.ts";

const head = "name: x\ngateway:\n  role: clients\n  sends: [a, b]\n  receives: [c]\n";

/** What the clients of an application may do. */
function clientsIn(section: string) {
  return withFolder({ "application.yml": head + section }, (folder) => readApplication(folder).gateway?.clients);
}

function mistakesOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof ApplicationError);
    return error.mistakes.map((mistake) => mistake.slice(mistake.lastIndexOf("/") + 1));
  }
  return [];
}

describe("the clients of a gateway", () => {
  it("may do what is listed for everybody, for users, and for scopes", () => {
    const section =
      "  clients:\n    anonymous: {sends: [a]}\n    users: {receives: all}\n    scopes: {admin: {sends: [b]}}\n";
    assert.deepEqual(clientsIn(section), {
      anonymous: { sends: ["a"], receives: [] },
      users: { sends: [], receives: "all" },
      scopes: new Map([["admin", { sends: ["b"], receives: [] }]]),
    });
  });

  it("may do nothing where nothing is listed", () => {
    const nothing = { sends: [], receives: [] };
    assert.deepEqual(clientsIn(""), { anonymous: nothing, users: nothing, scopes: new Map() });
  });

  it("cannot be given what the gateway's role does not have, or what is misspelt", () => {
    const section = "  clients:\n    anonymous: {sends: [c], receives: al}\n    user: {}\n";
    assert.deepEqual(
      mistakesOf(() => clientsIn(section)),
      [
        "application.yml:7:25: key 'gateway.clients.anonymous.sends[0]': 'c' is not among what the gateway's role sends; add it there, or remove it here",
        "application.yml:7:39: key 'gateway.clients.anonymous.receives': must be one of all, not 'al' (did you mean all?); change it",
        "application.yml:8:5: key 'gateway.clients.user': is unknown (did you mean users?); there are: anonymous, users, scopes",
      ],
    );
  });

  it("are read from a file of their own, with the role or without", () => {
    const files = {
      "a.json": '{"role":"r","clients":{"users":{"sends":"all"}}}',
      "b.yml": "clients: {}",
      "c.yml": "role: r",
      "d.yml": "role: r\nsends: [a]\nreceives: [b]\nclients: {users: {sends: [a]}}",
    };
    withFolder(files, (folder) => {
      const { role, clients } = readClientRules(join(folder, "a.json"));
      assert.deepEqual([role, clients.users.sends], ["r", "all"]);
      assert.equal(readClientRules(join(folder, "b.yml")).role, undefined);
      assert.deepEqual(
        mistakesOf(() => readClientRules(join(folder, "c.yml"))),
        ["c.yml:1:1: lacks 'clients'; say which clients may do what"],
      );
      // The section of application.yml as it is: what the role sends and receives is the broker's to know.
      assert.deepEqual(readClientRules(join(folder, "d.yml")).clients.users.sends, ["a"]);
    });
  });
});
