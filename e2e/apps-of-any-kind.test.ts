import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask } from "@exosphere/testkit/messages";
import { SidecarProcess } from "@exosphere/testkit/sidecar-process";

/** An app that is hardly a web server: it reads one request from each connection, and writes `answer`. */
async function startSimple(answer: string): Promise<{ readonly port: number; stop(): Promise<unknown> }> {
  const server: Server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (isComplete(received)) socket.end(answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

function isComplete(request: Buffer): boolean {
  const end = request.indexOf("\r\n\r\n");
  const length = Number(/content-length: (\d+)/i.exec(request.toString("latin1"))?.[1]);
  return end !== -1 && request.length >= end + 4 + length;
}

const reply = '{"reply":{"name":"got","payload":"hello"}}';

describe("An app", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let users: SidecarProcess | undefined;

  before(async () => {
    await mesh.startBroker({
      routes: { web: { sends: ["get"], receives: ["got"] }, users: { sends: ["got"], receives: ["get"] } },
    });
    web = await mesh.startSidecar("web");
  });
  // Also after a failure: the next one has the role to itself.
  afterEach(() => users?.stop());
  after(() => mesh.stop());

  for (const [what, answer] of [
    ["speaks HTTP/1.0 and closes each connection", `HTTP/1.0 200 OK\r\n\r\n${reply}`],
    ["says nothing of the length or kind of its answer", `HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${reply}`],
    [
      "writes its answer in chunks",
      `HTTP/1.1 201 Made\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n2a\r\n${reply}\r\n0\r\n\r\n`,
    ],
  ] as const) {
    it(`may be one that ${what}`, async () => {
      const app = mesh.keep(await startSimple(answer));
      users = await mesh.startSidecar("users", { app: app.port });
      const answers = await Promise.all(["1", "2", "3"].map((body) => ask(web.edge, "get", body)));
      assert.deepEqual(
        answers.map(({ status, json }) => [status, json.payload]),
        Array(3).fill([200, "hello"]),
      );
    });
  }

  it("may take its deliveries below a path", async () => {
    const app = await mesh.startApp();
    app.on("get", () => reply);
    const args = ["--app", `http://127.0.0.1:${app.port}/some/path/`];
    users = mesh.keep(await SidecarProcess.start({ role: "users", broker: mesh.broker.port, args }));
    assert.equal((await ask(web.edge, "get", "1")).status, 200);
    assert.equal((await app.delivery("get")).path, "/some/path/run/get");
  });

  it("may come and go under load: no request is left without an answer", async () => {
    const app = await mesh.startApp();
    users = await mesh.startSidecar("users", { app: app.port });
    app.on("get", () => reply);
    const asked = Array.from({ length: 100 }, (_, index) => ask(web.edge, "get", String(index)));
    await app.delivery("get");
    await app.close();
    await users.reachesItsApp(false);
    await app.listen();
    for (const { status, json } of await Promise.all(asked)) {
      assert.ok(status === 200 || json.reason === "HANDLER_FAILED", JSON.stringify(json));
    }
  });
});
