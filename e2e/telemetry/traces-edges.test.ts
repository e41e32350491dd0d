import assert from "node:assert/strict";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { ask, send } from "@exosphere/testkit/messages";
import { OtlpReceiver } from "@exosphere/testkit/otlp-receiver";
import { SdkMesh } from "../sdk/sdk-mesh.ts";
import { pathOf, startOfTrace } from "./span-tree.ts";

const routes = {
  web: { sends: ["create", "tell"], receives: ["created"] },
  users: { sends: ["created", "log"], receives: ["create"] },
  logger: { sends: [], receives: ["log", "tell"] },
};

describe("The traces of other edges", function () {
  this.timeout(60_000);
  const mesh = new SdkMesh();
  let otlp: OtlpReceiver;

  before(async () => {
    otlp = mesh.keep(await OtlpReceiver.start());
  });
  after(() => mesh.stop());

  it("have what an app with the SDK handles and sends, below what it was given", async () => {
    await mesh.startBroker({ routes });
    const env = otlp.env;
    const [web] = await Promise.all([
      mesh.startSidecar("web", { env }),
      mesh.startSidecar("users", { env, args: ["--socket", mesh.socketOf("users")] }),
      mesh.startSidecar("logger", { env, args: ["--socket", mesh.socketOf("logger")] }),
    ]);
    const users = mesh.play("users", {
      create: async (_message, { send: sends }) => {
        await sends("log", 1);
        return { name: "created" };
      },
    });
    const logger = mesh.play("logger", { log: () => undefined, tell: () => undefined });
    await Promise.all([users.ready(), logger.ready()]);
    const start = startOfTrace();
    const { status, text } = await ask(web.edge, "create", "1", start.headers);
    assert.equal(status, 200, text);
    const spans = await otlp.trace(start.traceId, 5);
    assert.deepEqual(pathOf(spans, "process log"), [
      "web: send create (producer)",
      "users: process create (consumer)",
      "users: send log (producer)",
      "logger: process log (consumer)",
    ]);
    assert.deepEqual(pathOf(spans, "send created").slice(1), [
      "users: process create (consumer)",
      "users: send created (producer)",
    ]);
    assert.ok(spans.every(({ traceState }) => traceState === "vendor=1"));
  });

  it("have what goes through the all-in-one, each role's in the one process", async () => {
    const exocom = mesh.keep(await ExocomProcess.start({ routes, env: otlp.env }));
    const logger = await exocom.service("logger");
    const start = startOfTrace();
    assert.equal((await send(exocom.edge, "tell", "1", start.headers)).status, 202);
    await logger.message("tell");
    const spans = await otlp.trace(start.traceId, 2);
    assert.deepEqual(pathOf(spans, "process tell"), [
      "exocom: send tell (producer)",
      "exocom: process tell (consumer)",
    ]);
    assert.deepEqual(
      spans.map(({ attributes }) => attributes["exosphere.role"]),
      ["web", "logger"],
    );
    logger.drop();
  });
});
