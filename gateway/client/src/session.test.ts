import assert from "node:assert/strict";
import type { Welcome } from "./frames.ts";
import { welcomeWith } from "./scripted-gateway.fixture.ts";
import { Session } from "./session.ts";

const welcome = (fields: Partial<Welcome>) => welcomeWith(fields) as unknown as Welcome;

describe("where a client stands", () => {
  it("is not moved by what is dealt with of a session that is no more", () => {
    const session = new Session({ storageKey: "k" });
    session.welcome(welcome({}));
    const old = session.receive(1);
    session.welcome(welcome({ session: "other" }));
    const present = session.receive(1);
    old?.();
    assert.equal(session.dealtWith, 0);
    present?.();
    assert.equal(session.dealtWith, 1);
  });

  it("is where the gateway says, when more was confirmed than its storage knows of", () => {
    const old = { getItem: () => '{"session":"token-1","offset":1}', setItem: () => assert.fail("full") };
    const session = new Session({ storage: old, storageKey: "k" });
    session.welcome(welcome({ recovered: true, offset: 5 }));
    session.receive(6)?.();
    assert.equal(session.dealtWith, 6);
  });

  it("is kept under the newest token", () => {
    const session = new Session({ storageKey: "k" });
    session.welcome(welcome({}));
    session.receive(1)?.();
    session.renamed("token-2");
    assert.deepEqual(session.position, { session: "token-2", offset: 1 });
  });
});
