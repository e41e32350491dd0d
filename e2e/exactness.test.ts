import assert from "node:assert/strict";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { rawExchange, rawPost } from "@exosphere/testkit/raw-http";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

/** JSON texts that a parse and a stringify would change. */
const texts: Readonly<Record<string, string>> = {
  "a 64-bit integer": "18446744073709551615",
  "a decimal of any length": "3.14159265358979323846264338327950288419716939937510",
  "numbers that are spelt in another way": "[1.0, 1e2, 1E+2, -0, -0.0, 0.10, 1e400, 1e-400]",
  "the order of keys, also of those that look like numbers": '{"b":1,"10":2,"a":3,"9":4,"-1":5,"1.5":6}',
  "keys that are there twice": '{"a":1,"a":2}',
  "keys that JavaScript takes for its own": '{"__proto__":{"x":1},"constructor":2,"toString":3}',
  "letters as such": '"grüße, 微博, 👍, 👩‍👩‍👧, \u2028 and \u2029"',
  "letters as escapes": String.raw`"gr\u00fc\u00DFe \/ \u2028 \ud83d\udc4d \ud800 \u0000 \b\f\n\r\t\"\\"`,
  "white space": '\r\n{\t"a" : [ 1 ,\n2 ] }  ',
  "deep nesting": `${"[".repeat(5000)}${"]".repeat(5000)}`,
  "a single literal": "false",
  "an empty text": '""',
};

describe("JSON that goes over the bus", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let users: AppUnderTest;
  let usersEdge = 0;

  before(async () => {
    await mesh.startBroker({
      routes: {
        web: { sends: ["ask", "send"], receives: ["answer"] },
        users: { sends: ["answer"], receives: ["ask", "send"] },
      },
    });
    const [sidecar, service] = await Promise.all([mesh.startSidecar("web"), mesh.startService("users")]);
    web = sidecar;
    users = service.app;
    usersEdge = service.sidecar.port;
  });
  afterEach(() => users.reset());
  after(() => mesh.stop());

  for (const [what, text] of Object.entries(texts)) {
    it(`keeps ${what}, byte for byte, on all ways`, async () => {
      users.on("ask", () => `{ "reply" : {"name":"answer", "payload": ${text.trim()} , "id":"r"} }`);
      const asked = await rawExchange(
        web.port,
        rawPost("/v1/request/ask", text, { "exo-auth": text.trim().replaceAll(/[\r\n\t]/g, " ") }),
      );
      assert.equal(asked.status, 200, asked.body.toString());
      assert.ok(asked.body.includes(`"payload":${text.trim()},"id":"r",`), asked.body.toString());

      const { raw } = await users.delivery("ask");
      assert.ok(raw.includes(`"payload":${text},"id":"`), raw.toString());
      // A header cannot hold a line end.
      assert.ok(raw.includes(`"auth":${text.trim().replaceAll(/[\r\n\t]/g, " ")},"isSecurity"`), raw.toString());

      const sent = await rawExchange(web.port, rawPost("/v1/send/send", text));
      assert.equal(sent.status, 202);
      assert.ok((await users.delivery("send")).raw.includes(`"payload":${text},"id":"`));
    });
  }

  it("keeps a reply that the app sends later, byte for byte", async () => {
    const text = texts["the order of keys, also of those that look like numbers"] as string;
    users.on("ask", ({ message }) => {
      void rawExchange(usersEdge, rawPost("/v1/send/answer", text, { "exo-response-to": message.id }));
      return undefined;
    });
    const asked = await rawExchange(web.port, rawPost("/v1/request/ask", "1"));
    assert.equal(asked.status, 200);
    assert.ok(asked.body.includes(`"payload":${text},"id":"`), asked.body.toString());
  });

  it("keeps ids and activities of any letters", async () => {
    const id = 'a "quoted" grüße 👍';
    const headers = { "exo-message-id": id, "exo-activity-id": id };
    assert.equal((await rawExchange(web.port, rawPost("/v1/send/send", "1", headers))).status, 202);
    const { message } = await users.delivery("send");
    assert.deepEqual([message.id, message.activityId], [id, id]);
  });
});
