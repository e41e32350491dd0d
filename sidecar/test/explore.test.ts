import { Mesh } from "./kit/mesh.ts";
import { ask } from "./kit/messages.ts";

describe("explore", () => {
  const mesh = new Mesh();
  after(() => mesh.stop());
  it("works", async () => {
    await mesh.startBroker({
      routes: { web: { sends: ["get"], receives: ["got"] }, users: { receives: ["get"], sends: ["got"] } },
    });
    const users = await mesh.startService("users");
    const web = await mesh.startSidecar("web");
    for (let i = 0; i < 3; i++) {
      users.app.on("get", (_, r) => void r.destroy());
      let t = performance.now();
      console.log((await ask(web.edge, "get", "[1]")).text, performance.now() - t);
      users.app.on("get", (_, response) => {
        response.writeHead(200, { "content-length": "1000" }).write("{");
        setImmediate(() => response.destroy());
        return new Promise(() => {});
      });
      t = performance.now();
      console.log((await ask(web.edge, "get", "[1]")).text, performance.now() - t);
    }
    console.log(users.sidecar.stdout.join("\n"));
  });
});
