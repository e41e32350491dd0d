import assert from "node:assert/strict";
import { eventually } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { secretSettings, tokenOf } from "@exosphere/testkit/user-tokens";

async function statusOf(url: string, token: string): Promise<number> {
  const response = await fetch(`${url}/v1/session`, { method: "POST", headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return response.status;
}

describe("the tokens of users", function () {
  this.timeout(60_000);
  let bus: GatewayBus;

  before(async () => {
    bus = await GatewayBus.start();
  });
  after(() => bus.stop());

  it("are accepted by the secret that stands in its file, from the moment it is there", async () => {
    const settings = secretSettings((name, content) => bus.file(`changing-${name}`, content));
    const { url } = await bus.startGateway(...settings);
    const another = "another secret of the tests, of more than 32 bytes";
    const [old, replaced] = [await tokenOf("ada"), await tokenOf("ada", {}, another)];
    assert.deepEqual([await statusOf(url, old), await statusOf(url, replaced)], [200, 401]);
    bus.file("changing-secret", "short");
    bus.file("changing-secret", another);
    await eventually("the other secret is in force", async () => (await statusOf(url, replaced)) === 200);
    assert.equal(await statusOf(url, old), 401);
  });
});
