import assert from "node:assert/strict";
import { Mesh } from "@exosphere/testkit/mesh";

describe("A sidecar with a proxy in its environment", () => {
  const mesh = new Mesh();
  after(() => mesh.stop());

  it("attaches to its broker without the proxy", async () => {
    await mesh.startBroker({ routes: { web: { sends: ["hi"], receives: ["hi"] } } });
    // Port 9 discards: whatever goes there is lost.
    const proxy = "http://127.0.0.1:9";
    const env = { http_proxy: proxy, HTTP_PROXY: proxy, https_proxy: proxy, grpc_proxy: proxy, no_proxy: "" };
    const sidecar = await mesh.startSidecar("web", { env: { ...env, NODE_USE_ENV_PROXY: "1" } });
    assert.equal((await fetch(`${sidecar.admin}/readyz`)).status, 200);
  });
});
