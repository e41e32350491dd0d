import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { FakeApiServer } from "../../test/fake-api-server.fixture.ts";
import { ApiClient } from "./api-client.ts";
import { CertificateSecret } from "./certificate-secret.ts";
import { WebhookConfiguration } from "./webhook-configuration.ts";

const secretPath = "/api/v1/namespaces/exosphere/secrets/certificate";
const webhookPath = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/injector";
const stored = { certificate: "a certificate", key: "a key", authorities: "authorities" };

describe("what the injector asks of the API server", () => {
  let server: FakeApiServer;
  let api: ApiClient;

  beforeEach(async () => {
    server = await FakeApiServer.start();
    api = new ApiClient({ url: server.url, caFile: server.caFile, tokenFile: server.tokenFile });
  });
  afterEach(() => {
    api.close();
    server.stop();
  });

  describe("the Secret", () => {
    const open = () => new CertificateSecret(api, "exosphere", "certificate");

    it("is made, read, and replaced by whoever has read it last", async () => {
      const secret = open();
      assert.deepEqual(await secret.read(), { stored: undefined, version: undefined });
      assert.equal(await secret.write(stored, undefined), true);
      assert.equal(await secret.write(stored, undefined), false, "somebody else has made it");
      const { stored: found, version } = await secret.read();
      assert.deepEqual(found, stored);
      assert.equal(await secret.write({ ...stored, key: "another" }, version), true);
      assert.equal(await secret.write({ ...stored, key: "late" }, version), false);
      assert.equal((await secret.read()).stored?.key, "another");
      assert.equal(server.objects.get(secretPath)?.type, "kubernetes.io/tls");
    });

    it("may be there and empty, or be deleted meanwhile", async () => {
      server.put(secretPath, { type: "Opaque" });
      const { stored: found, version } = await open().read();
      assert.equal(found, undefined);
      server.objects.delete(secretPath);
      assert.equal(await open().write(stored, version), false);
    });

    it("that may not be read is reported with what the API server says", async () => {
      server.failing = 403;
      await assert.rejects(
        open().read(),
        /reading Secret exosphere\/certificate: the API server answered 403 \(failing\)/,
      );
      await assert.rejects(open().write(stored, undefined), /writing Secret/);
    });
  });

  describe("the MutatingWebhookConfiguration", () => {
    const open = () => new WebhookConfiguration(api, "injector");
    const bundles = () =>
      (
        (server.objects.get(webhookPath) ?? assert.fail("it is gone")).webhooks as {
          clientConfig: { caBundle?: string };
        }[]
      ).map(({ clientConfig }) => clientConfig.caBundle);

    it("trusts in all of its webhooks, and is changed only where it does not yet", async () => {
      server.put(webhookPath, {
        webhooks: [{ clientConfig: { service: {} } }, { clientConfig: { caBundle: "Cg==" } }],
      });
      assert.equal(await open().trust("authorities"), true);
      const wanted = Buffer.from("authorities").toString("base64");
      assert.deepEqual(bundles(), [wanted, wanted]);
      assert.equal(await open().trust("authorities"), false);
    });

    it("is read again where somebody changes it at the same time", async () => {
      server.put(webhookPath, { webhooks: [{ clientConfig: {} }] });
      let isFirst = true;
      const racing = {
        call: async (call: Parameters<ApiClient["call"]>[0]) => {
          if (call.method === "PATCH" && isFirst) server.put(webhookPath, { webhooks: [{ clientConfig: {} }] });
          isFirst &&= call.method !== "PATCH";
          return api.call(call);
        },
      };
      assert.equal(await new WebhookConfiguration(racing, "injector").trust("authorities"), true);
      assert.equal(server.calls.filter(({ method }) => method === "PATCH").length, 2);
    });

    it("that is missing is reported by its name", async () => {
      await assert.rejects(open().trust("x"), /reading MutatingWebhookConfiguration injector: .* 404/);
    });
  });

  it("carries the token as it is at the moment", async () => {
    await api.call({ method: "GET", path: "/a" });
    writeFileSync(server.tokenFile, "second");
    await api.call({ method: "GET", path: "/a" });
    assert.deepEqual(
      server.calls.map(({ token }) => token),
      ["Bearer first", "Bearer second"],
    );
  });

  it("fails with the address where nobody answers", async () => {
    const { tokenFile, caFile } = server;
    const nobody = new ApiClient({ url: "https://localhost:1", caFile, tokenFile });
    await assert.rejects(nobody.call({ method: "GET", path: "/a" }), /^Error: GET \/a at https:\/\/localhost:1: /);
    nobody.close();
  });

  it("goes to nobody whose certificate is of another authority", async () => {
    const other = await FakeApiServer.start();
    const impostor = new ApiClient({ url: other.url, caFile: server.caFile, tokenFile: server.tokenFile });
    try {
      await assert.rejects(impostor.call({ method: "GET", path: "/a" }), /GET \/a at https:/);
      assert.deepEqual(other.calls, []);
    } finally {
      impostor.close();
      other.stop();
    }
  });
});
