import assert from "node:assert/strict";
import { freePorts } from "@exosphere/process";
import { eventually, ProcessUnderTest } from "@exosphere/testkit";
import { Mesh } from "@exosphere/testkit/mesh";
import { rawExchange } from "@exosphere/testkit/raw-http";

const entry = new URL("../examples/languages/web/server.mjs", import.meta.url);

describe("The example that asks", () => {
  const mesh = new Mesh();
  after(() => mesh.stop());

  it("answers with the reply, and outlives what it did not expect", async () => {
    await mesh.startBroker({
      routes: {
        web: { sends: ["greet"], receives: ["greeted"] },
        greeter: { sends: ["greeted"], receives: ["greet"] },
      },
    });
    const [web, { app }] = await Promise.all([mesh.startSidecar("web"), mesh.startService("greeter")]);
    app.on("greet", ({ message }) => {
      const { name } = message.payload as { name: string };
      return { reply: { name: "greeted", ...(name !== "Nobody" && { payload: { text: `Hello, ${name}!` } }) } };
    });
    const [port] = (await freePorts(1)) as [number];
    const env = { EXOCOM_HOST: "127.0.0.1", EXOCOM_PORT: String(web.port), PORT: String(port) };
    const server = mesh.keep(new ProcessUnderTest({ entry, args: [], env }));
    await eventually("it is online", () => server.stdout.includes("web online"));
    const get = async (target: string) => {
      const { status, body } = await rawExchange(
        port,
        `GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
      );
      return [status, body.toString().includes("Hello, Ada")];
    };
    assert.deepEqual(await get("/?name=Ada"), [200, true]);
    assert.deepEqual(await get("//"), [200, false]);
    assert.deepEqual(await get("/?name=Nobody"), [503, false]);
    assert.deepEqual(await get("/?name=Ada&name=Bob"), [200, true]);
  });
});
