import assert from "node:assert/strict";
import { Denied } from "./denied.ts";
import type { Session } from "./session.ts";
import { noStore } from "./session-store.ts";
import { SessionTokens } from "./session-token.ts";
import { Sessions } from "./sessions.ts";
import type { User } from "./user.ts";
import { Windows } from "./windows.ts";

function start({ maxSessions = 100, messages = 10, totalBytes = 1000 } = {}) {
  let count = 0;
  const random = (length: number) => String(count++).padStart(length, "0");
  const tokens = new SessionTokens({ random, sign: (text) => `s${text.length}`, equal: (a, b) => a === b });
  const time = { now: 0, wall: 1_000_000 };
  const clock = { now: () => time.now, wallMs: () => time.wall, after: () => () => {} };
  const windows = new Windows({ messages, bytes: 1000, timeMs: 1000, totalBytes }, noStore);
  const arrived: string[] = [];
  const sessions = new Sessions({
    tokens,
    windows,
    store: noStore,
    clock,
    ttlMs: 100,
    maxSessions,
    arrived: ({ id, user }) => arrived.push(user?.id ?? id),
    left: () => {},
  });
  const ended: number[] = [];
  const connection = { wake() {}, end: (code: number) => void ended.push(code) };
  return { tokens, time, windows, sessions, arrived, ended, connection };
}

function user(id: string, expiresMs = 2_000_000): User {
  return { id, claims: {}, scopes: new Set(), expiresMs };
}

const address = "192.0.2.1";

const entry = (bytes = 10) => ({ body: "}", bytes, id: "", atMs: 0, returnPath: undefined, awaited: undefined });

describe("Sessions", () => {
  it("know a client by its token, and where it was", () => {
    const { sessions, tokens, windows } = start();
    const { session } = sessions.open({ address });
    const token = tokens.write(session);
    for (let count = 0; count < 3; count += 1) windows.append(session, entry());
    const opened = sessions.open({ address, session: token, offset: 2 });
    assert.deepEqual([opened.session, opened.recovered, opened.offset], [session, true, 2]);
    assert.equal(sessions.open({ address, session: token, offset: 4 }).recovered, false);
    assert.notEqual(sessions.open({ address, session: `${token}x` }).session, session);
    assert.equal(sessions.find(token, undefined), session);
  });

  it("never say recovered when something is gone", () => {
    const { sessions, tokens, windows } = start({ messages: 2 });
    const { session } = sessions.open({ address });
    for (let count = 0; count < 5; count += 1) windows.append(session, entry());
    const at = (offset: number) => {
      const { recovered, offset: from } = sessions.open({ address, session: tokens.write(session), offset });
      return [recovered, from];
    };
    assert.deepEqual(
      [at(2), at(3), at(5)],
      [
        [false, 3],
        [true, 3],
        [true, 5],
      ],
    );
  });

  it("outlive their connections for a while", () => {
    const { sessions, time, connection } = start();
    const { session } = sessions.open({ address });
    sessions.connect(session, connection);
    time.now = 1000;
    sessions.sweep(time.now);
    assert.equal(sessions.size, 1);
    sessions.disconnect(session, connection);
    sessions.sweep(1099);
    assert.equal(sessions.size, 1);
    sessions.sweep(1100);
    assert.equal(sessions.size, 0);
  });

  it("make room for new ones by ending those that are longest away, and refuse when all are there", () => {
    const { sessions, connection } = start({ maxSessions: 2 });
    const first = sessions.open({ address }).session;
    const second = sessions.open({ address }).session;
    sessions.connect(first, connection);
    const third = sessions.open({ address }).session;
    assert.deepEqual([[...sessions.of(second.id, undefined)], sessions.size], [[], 2]);
    sessions.connect(third, connection);
    assert.throws(() => sessions.open({ address }), Denied);
  });

  it("belong to the user who signed in, whose message goes to all of them", () => {
    const { sessions, tokens, arrived } = start();
    const anonymous = sessions.open({ address }).session;
    const before = tokens.write(anonymous);
    assert.equal(sessions.open({ address, session: before, user: user("ada") }).session, anonymous);
    const other = sessions.open({ address, user: user("ada") }).session;
    assert.deepEqual([...sessions.of(undefined, "ada")], [anonymous, other]);
    // A user's message names a session as well: that of another user gets nothing by it.
    assert.deepEqual([...sessions.of(other.id, "bea")], []);
    assert.deepEqual(arrived.slice(1), ["ada", "ada"]);
    assert.throws(() => sessions.open({ address, session: before }), Denied);
    assert.throws(() => sessions.refresh(anonymous, user("bea")), Denied);
    assert.notEqual(sessions.open({ address, session: tokens.write(anonymous), user: user("bea") }).session, anonymous);
  });

  it("end the connection of a user whose token has ended, and want a new one", () => {
    const { sessions, tokens, time, connection, ended } = start();
    const { session } = sessions.open({ address, user: user("ada") });
    sessions.connect(session, connection);
    time.wall = 2_000_000;
    sessions.sweep(0);
    assert.deepEqual(ended, [4401]);
    assert.throws(() => sessions.open({ address, session: tokens.write(session) }), Denied);
    assert.equal(
      sessions.open({ address, session: tokens.write(session), user: user("ada", 3_000_000) }).session,
      session,
    );
  });

  it("share a bound for what they keep, and forget what is old", () => {
    const { sessions, windows } = start({ totalBytes: 100 });
    const [a, b] = [sessions.open({ address }).session, sessions.open({ address }).session];
    for (let count = 0; count < 8; count += 1) windows.append(a, entry());
    for (let count = 0; count < 5; count += 1) windows.append(b, entry());
    // The one that was pushed to least recently gives way.
    assert.deepEqual([windows.bytes, a.window.size, b.window.size], [100, 5, 5]);
    windows.sweep(1001);
    assert.deepEqual([windows.bytes, a.window.gone, b.window.gone], [0, 8, 5]);
    sessions.end(a);
    assert.equal(sessions.size, 1);
  });

  it("of others stay when one address opens more than there may be", () => {
    const { sessions, tokens } = start({ maxSessions: 50 });
    const others = ["192.0.2.2", "192.0.2.3"].map((each) => sessions.open({ address: each }).session);
    for (let count = 0; count < 200; count += 1) sessions.open({ address });
    assert.equal(sessions.size, 50);
    for (const other of others) assert.equal(sessions.find(tokens.write(other), undefined), other);
  });

  it("of others stay when one user opens more than there may be, from many addresses", () => {
    const { sessions, tokens } = start({ maxSessions: 50 });
    const other = sessions.open({ address, user: user("ada") }).session;
    for (let count = 0; count < 200; count += 1) sessions.open({ address: `10.0.0.${count}`, user: user("flooding") });
    assert.equal(sessions.find(tokens.write(other), user("ada")), other);
  });

  it("keep what others can be caught up with when one client is pushed more than there is room for", () => {
    const { sessions, windows } = start({ totalBytes: 1000, messages: 1000 });
    const other = sessions.open({ address: "192.0.2.2" }).session;
    for (let count = 0; count < 5; count += 1) windows.append(other, entry());
    const flooding = Array.from({ length: 10 }, () => sessions.open({ address }).session);
    for (let count = 0; count < 1000; count += 1) windows.append(flooding[count % 10] as Session, entry());
    assert.equal(windows.bytes, 1000);
    assert.equal(other.window.size, 5);
  });

  it("are expected to come back unless they were ended, and callers without one never are", () => {
    const { sessions, tokens, time } = start();
    const [ended, expired] = [sessions.open({ address }).session, sessions.open({ address }).session];
    sessions.end(ended);
    time.now = 1000;
    sessions.sweep(time.now);
    assert.equal(sessions.size, 0);
    assert.deepEqual(
      [ended.id, expired.id, tokens.newCallId(), undefined].map((id) => sessions.mayCome(id, undefined)),
      [false, true, false, false],
    );
    assert.ok(sessions.mayCome(tokens.newCallId(), "ada"));
    sessions.open({ address, session: tokens.write(ended) });
    assert.ok(sessions.mayCome(ended.id, undefined));
  });
});
