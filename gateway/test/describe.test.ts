import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { readApplication } from "@exosphere/application";
import { eventually } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { type Frame, WsClient } from "@exosphere/testkit/ws-client";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describeGateway } from "../src/describe.ts";

type Document = Record<string, never> & {
  readonly paths: Record<string, Record<string, Frame>>;
  readonly components: { readonly messages: Record<string, { readonly name: string; readonly payload: object }> };
};

// The official schema of AsyncAPI 3.0.0.
const asyncApiSchema = createRequire(import.meta.url)("@asyncapi/specs/schemas/3.0.0.json") as object;

async function assertValid(openapi: object, asyncapi: object): Promise<void> {
  const { valid, errors } = await new Validator().validate(structuredClone(openapi) as never);
  assert.ok(valid, JSON.stringify(errors));
  // It brings the meta-schema of its own schemas along.
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, meta: false, validateSchema: false });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  const validate = ajv.compile(asyncApiSchema);
  assert.ok(validate(asyncapi), JSON.stringify(validate.errors?.slice(0, 5), null, 1));
}

describe("the descriptions of the gateway", function () {
  this.timeout(60_000);
  let bus: GatewayBus;

  before(async () => {
    bus = await GatewayBus.start();
  });

  afterEach(() => bus.closeGateways());

  after(() => bus.stop());

  const get = async (url: string, name: string) => (await (await fetch(`${url}/${name}.json`)).json()) as Document;

  it("are valid OpenAPI 3.1 and AsyncAPI 3, made from the routes", async () => {
    const { url } = await bus.startGateway();
    const [openapi, asyncapi] = [await get(url, "openapi"), await get(url, "asyncapi")];
    await assertValid(openapi, asyncapi);
    assert.equal(openapi.openapi, "3.1.0");
    assert.deepEqual(openapi.servers as unknown, [{ url }]);
    assert.ok("/v1/request/mail%20us" in openapi.paths);
    assert.ok(!("/v1/send/told" in openapi.paths));
    assert.deepEqual(openapi.paths["/v1/send/mine"]?.post?.security, [{ token: [] }, { session: [] }]);
    assert.deepEqual(openapi.paths["/v1/send/purge"]?.post?.security, [{ token: ["moderator"] }, { session: [] }]);
    const names = Object.values(asyncapi.components.messages).map(({ name }) => name);
    for (const name of ["tell", "told", "purge", "connect", "welcome"]) assert.ok(names.includes(name), name);
  });

  it("describe header parameters as strictly as they are checked", async () => {
    const { url } = await bus.startGateway();
    bus.server.handle("tell", () => {});
    const { components } = (await get(url, "openapi")) as unknown as {
      components: { parameters: Record<string, { name: string; schema: object }> };
    };
    const samples: Readonly<Record<string, readonly string[]>> = {
      MessageId: ["m", "x".repeat(255), "x".repeat(256), "a\tb"],
      ActivityId: ["a b", "x".repeat(256)],
      Deadline: ["5s", "1500ms", "1.5m", "5", "5 s", "soon", "-1s"],
      IdempotencyKey: ['"a b"', "a-1", "a b", '"', "x".repeat(201)],
    };
    const ajv = new Ajv({ strict: false });
    for (const [parameter, values] of Object.entries(samples)) {
      const { name, schema } = components.parameters[parameter] as { name: string; schema: object };
      for (const value of values) {
        const { status } = await fetch(`${url}/v1/send/tell`, { method: "POST", headers: { [name]: value } });
        assert.equal(status === 202, ajv.validate(schema, value), `${name}: ${value} was answered ${status}`);
      }
    }
  });

  it("fit what is really said on the socket", async () => {
    const { url } = await bus.startGateway();
    const { components } = await get(url, "asyncapi");
    const ajv = new Ajv({ strict: false });
    (addFormats as unknown as (ajv: Ajv) => void)(ajv);
    const client = await WsClient.connect(url);
    bus.server.handle("ask", () => ({ name: "answered" }));
    client.send({ name: "ask", ref: 1, request: true });
    client.send({ name: "ask", ref: "a" });
    client.send({ name: "nothing", ref: 2 });
    client.send({ type: "subscribe", names: null });
    client.send({ type: "ping" });
    await client.frame("pong");
    await client.answer(1);
    await client.message();
    for (const frame of client.frames) {
      const key = frame.type === undefined ? `get_${frame.name}` : `gateway_${frame.type}`;
      const validate = ajv.compile(components.messages[key]?.payload ?? false);
      assert.ok(validate(frame), `${key}: ${JSON.stringify(validate.errors)}`);
    }
    client.drop();
  });

  it("have the schemas of payloads, and change with the rules", async () => {
    const file = (name: string, content: string) => bus.file(`app/${name}`, content);
    mkdirSync(bus.file("app/messages"), { recursive: true });
    const application = (sends: string) =>
      `name: shop\nversion: 2.0.0\ngateway:\n  role: clients\n  sends: [tell, ask]\n  receives: [told]\n  clients: {anonymous: {sends: ${sends}, receives: all}}\n`;
    const app = file("application.yml", application("[tell]"));
    file(
      "messages/tell.schema.json",
      '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["to"]}',
    );
    const documents = describeGateway(readApplication(app), "https://shop.example") as Record<string, string>;
    const [openapi, asyncapi] = ["openapi.json", "asyncapi.json"].map(
      (name) => JSON.parse(documents[name] as string) as Document,
    );
    await assertValid(openapi as object, asyncapi as object);
    assert.equal(((openapi as Document).info as unknown as Frame).version, "2.0.0");
    const body = (openapi as Document).paths["/v1/send/tell"]?.post?.requestBody as {
      content: Record<string, { schema: Frame }>;
    };
    assert.deepEqual(body.content["application/json"]?.schema, { type: "object", required: ["to"] });

    const rules = bus.gatewayArguments.slice(2);
    const { url } = await bus.startGatewayWith([...rules, "--app", app]);
    assert.ok("/v1/send/tell" in (await get(url, "openapi")).paths);
    const refused = await fetch(`${url}/v1/send/ask`, { method: "POST" });
    assert.equal(refused.status, 403);
    file("application.yml", application("[tell, oops]"));
    file("application.yml", application("[tell, ask]"));
    await eventually("the changed rules", async () => "/v1/send/ask" in (await get(url, "openapi")).paths);
    assert.equal((await fetch(`${url}/v1/send/ask`, { method: "POST" })).status, 202);
  });
});
