import assert from "node:assert/strict";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { eventually, metricOf } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { BulkCall } from "@exosphere/testkit/bulk-call";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { Mesh } from "@exosphere/testkit/mesh";
import { post } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = {
  web: { sends: ["step", "lonely"], receives: [] },
  users: { sends: ["done"], receives: ["step"] },
};

/** A client that could write nothing for so long is held back, in milliseconds; one that merely has to wait is not. */
const stuckMs = 3_000;

const mebibyte = 1024 * 1024;
const tooLong = `{"name":"step","payload":"${"x".repeat(mebibyte + 64 * 1024)}"}`;
const tooLarge = `{"name":"step","payload":"${"x".repeat(mebibyte)}"}`;

/** What each line of a body is answered: nothing, the id of a message that was taken, or the reason of a problem. */
const lines: readonly (readonly [what: string, line: string, answer: string | undefined])[] = [
  ["a message", '{"name":"step","id":"1"}', "1"],
  ["nothing", "", undefined],
  ["white space", " \t\r", undefined],
  ["one that ends with CRLF", '{"id":"2","name":"step"}\r', "2"],
  ["half an object", '{"name":"step"', "INVALID_MESSAGE"],
  ["an array", "[]", "INVALID_MESSAGE"],
  ["no name", '{"id":"x"}', "INVALID_MESSAGE"],
  ["an id that is a number", '{"name":"step","id":1}', "INVALID_MESSAGE"],
  ["two messages", '{"name":"step"}{"name":"step"}', "INVALID_MESSAGE"],
  ["what the role may not send", '{"name":"done"}', "NOT_ALLOWED"],
  ["what nobody receives", '{"name":"lonely"}', "NO_RECEIVERS"],
  ["a payload over the limit", tooLarge, "PAYLOAD_TOO_LARGE"],
  ["a line over the limit", tooLong, "PAYLOAD_TOO_LARGE"],
  ["a forged sender, and isSecurity", '{"name":"step","id":"3","sender":"users","isSecurity":true}', "3"],
  ["the last one, without a line end", '{"name":"step","id":"4"}', "4"],
];

describe("POST /v1/send with NDJSON", function () {
  this.timeout(60_000);
  const mesh = new Mesh();
  let web: SidecarProcess;
  let users: AppUnderTest;
  let exocom: ExocomProcess;

  before(async () => {
    await mesh.startBroker({ routes });
    const [sidecar, service] = await Promise.all([mesh.startSidecar("web"), mesh.startService("users")]);
    [web, users] = [sidecar, service.app];
    exocom = mesh.keep(await ExocomProcess.start({ routes }));
  });
  beforeEach(() => users.reset());
  after(() => mesh.stop());

  it("answers each line with one, in order, and refuses those alone that are wrong", async () => {
    for (const port of [web.port, exocom.port]) {
      const call = mesh.keep(new BulkCall(port, { "exo-role": "web" }));
      call.end(lines.map(([, line]) => line).join("\n"));
      const answers = await call.finished();
      assert.deepEqual([call.status, call.mediaType], [200, "application/x-ndjson"]);
      assert.deepEqual(
        answers.map(({ id, reason }) => reason ?? id),
        lines.map(([, , answer]) => answer).filter((answer) => answer !== undefined),
      );
    }
    const forged = (await users.delivery("step", 3)).message;
    assert.deepEqual([forged.id, forged.sender, forged.isSecurity], ["3", "", false]);
  });

  it("brings payloads byte for byte, and takes from the headers what a line does not say", async () => {
    const call = mesh.keep(new BulkCall(web.port, { "exo-activity-id": "all", "exo-auth": '{"u":1}' }));
    const payload = '{ "id":9007199254740993, "b":1.0,"a":"\\u00e9" }';
    call.end(`{"name":"step","payload":${payload}}\n{"name":"step","activityId":"own","auth":2}`);
    const answers = await call.finished();
    assert.deepEqual(answers.map(({ activityId }) => activityId), ["all", "own"]); // biome-ignore format: one line
    const first = await users.delivery("step");
    assert.ok(first.raw.includes(`"payload":${payload}`));
    await users.delivery("step", 2);
    const auths = users.deliveries.map(({ message }) => [message.activityId, message.auth]);
    assert.deepEqual(auths.sort(), [["all", { u: 1 }], ["own", 2]]); // biome-ignore format: one line
  });

  it("refuses headers that cannot hold for every line, or are none, as a whole", async () => {
    for (const headers of [{ "exo-message-id": "1" }, { "exo-deadline": "soon" }]) {
      const { status, json } = await post(`${web.edge}/v1/send`, '{"name":"step"}', headers as Record<string, string>);
      assert.deepEqual([status, json.reason], [400, "INVALID_MESSAGE"]);
    }
    assert.equal(users.deliveries.length, 0);
  });

  it("answers while the body is still being written, in whatever pieces", async () => {
    const call = mesh.keep(new BulkCall(web.port));
    for (const nth of [1, 2, 3]) {
      call.write(`{"name":"step",`);
      call.write(`"id":"${nth}"}\n`);
      const answers = await call.answered(nth);
      assert.equal(answers[nth - 1]?.id, String(nth));
    }
    call.end();
    assert.equal((await call.finished()).length, 3);
    await users.delivery("step", 3);
  });

  it("sends nothing of a line that was cut off with the connection, but all those before it", async () => {
    const socket = connect(web.port, "127.0.0.1");
    socket.on("error", () => {});
    const body = '{"name":"step","id":"whole"}\n{"name":"step","id":"cut"}';
    socket.write(`POST /v1/send HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n${body}`);
    await users.delivery("step");
    socket.destroy();
    assert.equal((await post(`${web.edge}/v1/send`, '{"name":"step","id":"after"}')).status, 200);
    await users.delivery("step", 2);
    assert.deepEqual(users.deliveries.map(({ message }) => message.id).sort(), ["after", "whole"]);
  });

  it("keeps the order of 1,000 messages of one activity", async () => {
    const call = mesh.keep(new BulkCall(web.port));
    const steps = Array.from({ length: 1000 }, (_, step) => step);
    call.end(steps.map((step) => `{"name":"step","activityId":"one","payload":${step}}\n`).join(""));
    assert.equal((await call.finished()).filter(({ id }) => typeof id === "string").length, 1000);
    await eventually("all of them", () => users.deliveries.length === 1000, 30_000);
    assert.deepEqual(users.deliveries.map(({ message }) => message.payload), steps); // biome-ignore format: one line
  });

  it("holds no more of a huge body than it can pass on, and waits for a client that does not read", async () => {
    const rss = () => metricOf(web.admin, "process_resident_memory_bytes");
    const before = Number(await rss());
    const call = mesh.keep(new BulkCall(web.port));
    call.pause();
    // Refused by the sidecar itself, so that nothing but its own memory can hold them.
    const line = `{"name":"no such message","id":"${"x".repeat(200)}","payload":"${"y".repeat(100)}"}\n`;
    const piece = line.repeat(100);
    let written = 0;
    for (let isTaken = true; isTaken && written < 1_000_000; ) {
      written += 100;
      if (call.write(piece)) continue;
      isTaken = await Promise.race([call.drained().then(() => true), pause(stuckMs, false)]);
    }
    assert.ok(written < 1_000_000, "a client that does not read is not held back");
    assert.ok(Number(await rss()) - before < 128 * mebibyte);
    call.resume();
    call.end();
    const answers = await call.finished();
    assert.equal(answers.length, written);
    assert.ok(answers.every(({ reason }) => reason === "NOT_ALLOWED"));
  });

  it("waits with the rest of the body while the broker is away, and says so line by line at their deadline", async () => {
    const lonely = await mesh.startSidecar("web");
    await mesh.broker.stop();
    const call = mesh.keep(new BulkCall(lonely.port, { "exo-deadline": "300ms" }));
    call.end('{"name":"step"}\n'.repeat(2500));
    const answers = await call.finished();
    assert.equal(answers.length, 2500);
    assert.deepEqual([...new Set(answers.map(({ reason }) => reason))], ["BROKER_UNAVAILABLE"]);
    await mesh.startBroker({ routes, port: mesh.broker.port });
  });

  it("gives a client up that neither ends a line nor reads, unless it shows by empty lines that it is there", async () => {
    const sidecar = await mesh.startSidecar("web", {
      args: ["--request-timeout", "3s"],
    });
    const [silent, alive] = [mesh.keep(new BulkCall(sidecar.port)), mesh.keep(new BulkCall(sidecar.port))];
    silent.write('{"name":"step","id":"1"}\n{"name":');
    alive.write("\n");
    const isOver = eventually("the end of the silent one", () => silent.answers.length === 2);
    const timer = setInterval(() => alive.write("\n"), 100);
    await isOver;
    const [first, last] = silent.answers;
    assert.equal(first?.id, "1");
    assert.match(String(last?.detail), /^No line came to its end for 3000 ms/);
    await eventually("its connection is cut", () => silent.hasEnded || silent.error !== undefined);
    clearInterval(timer);
    alive.end('{"name":"step","id":"2"}');
    assert.equal((await alive.finished())[0]?.id, "2");
  });
});
