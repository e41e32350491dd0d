import assert from "node:assert/strict";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { firstCells, ReferencePage } from "@exosphere/testkit/reference-page";
import { closeCodes } from "../src/core/session.ts";

const page = new ReferencePage("websocket.md");
const gateway = "The gateway's `/v1/socket`";

/** Codes with which `ws` closes of its own accord where a client breaks RFC 6455, beside those of the gateway. */
const protocolErrorCodes = [1002, 1007];

/** A frame: its type, or "message", and its members; those that may be absent end in `?`. */
type Frames = ReadonlyMap<string, readonly string[]>;

/** The frames of a table, such as `{"type":"ack","offset"}`. */
function documented(heading: string): Frames {
  return new Map(
    firstCells(page.section(gateway, heading)).map((frame) => {
      const [, type = "message"] = /^\{"type":"(\w+)"/.exec(frame) ?? [];
      const members = frame
        .replace(/^\{("type":"\w+",?)?|\}$/g, "")
        .split(",")
        .filter(Boolean);
      return [type, members.map((member) => member.replaceAll('"', "")).sort()] as const;
    }),
  );
}

interface Described {
  readonly name: string;
  readonly payload: { readonly properties: Readonly<Record<string, unknown>>; readonly required?: readonly string[] };
}

describe("docs/reference/websocket.md", function () {
  this.timeout(60_000);
  let bus: GatewayBus;
  let messages: Readonly<Record<string, Described>>;

  before(async () => {
    bus = await GatewayBus.start();
    const { url } = await bus.startGateway();
    const asyncapi = (await (await fetch(`${url}/asyncapi.json`)).json()) as {
      components: { messages: typeof messages };
    };
    messages = asyncapi.components.messages;
  });

  after(async () => {
    await bus.closeGateways();
    await bus.stop();
  });

  /** The frames that the gateway describes itself: keys of control frames begin with the side, those of messages with a verb. */
  function described(side: string, verb: string): ReadonlyMap<string, Described> {
    const all = Object.entries(messages);
    const control = all.filter(([key]) => key.startsWith(`${side}_`)).map(([, each]) => [each.name, each] as const);
    const [, message] = all.find(([key]) => key.startsWith(`${verb}_`)) ?? assert.fail(verb);
    return new Map([...control, ["message", message]]);
  }

  for (const [heading, side, verb] of [
    ["From the client", "client", "send"],
    ["From the gateway", "gateway", "get"],
  ] as const) {
    it(`lists every frame ${heading.toLowerCase().replace("from", "of")} with its members, and no other`, () => {
      const frames = documented(heading);
      const actual = described(side, verb);
      assert.deepEqual([...frames.keys()].sort(), [...actual.keys()].sort());
      for (const [type, members] of frames) {
        const { properties, required = [] } = (actual.get(type) as Described).payload;
        const names = members.map((member) => member.replace("?", ""));
        assert.deepEqual(
          names.sort(),
          Object.keys(properties)
            .filter((name) => name !== "type")
            .sort(),
          type,
        );
        for (const name of required)
          assert.ok(name === "type" || members.includes(name), `${type}: ${name} is required`);
      }
    });
  }

  it("lists every close code of the gateway, and no other", () => {
    const codes = [...page.section(gateway).matchAll(/^\| (\d{4}) \|/gm)].map(([, code]) => Number(code));
    assert.deepEqual(codes.sort(), [...Object.values(closeCodes), ...protocolErrorCodes].sort());
  });
});
